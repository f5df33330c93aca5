import type { Context } from '#server/context.ts';
import type { ChangeTopic } from '#server/events/record.ts';
import { readChanges, readEnds } from '#server/queries/journal/read-changes.ts';

import type { Compare } from './changed-fields.ts';
import { type EntityChange, toNews } from './entity-changes.ts';
import { type Pull, createStream } from './stream.ts';
import { listen } from './wake.ts';

const MAX_ROWS = 500;

interface Followed {
  readonly topic: ChangeTopic;
  /** The ids of those that belong to it now. */
  readonly members: () => Promise<readonly string[]>;
  readonly compare: Compare;
}

/** News of the members of something whose changes do not say what they belong to. */
export const followMembers = async (
  ctx: Context,
  { topic, members, compare }: Followed,
): Promise<AsyncIterableIterator<EntityChange>> => {
  const wake = listen(ctx, [topic], () => true);
  try {
    let cursor = (await readEnds(ctx)).lastChange;
    const known = new Set(await members());
    let isFirst = true;
    return createStream(wake, async (): Promise<Pull<EntityChange>> => {
      if (isFirst) {
        isFirst = false;
        const items = [...known].map((id) => ({ kind: 'SNAPSHOT', id, coalesced: 0 }) as const);
        return { items: await compare(items), hasMore: true };
      }
      const changes = await readChanges(ctx, { topic, after: cursor, limit: MAX_ROWS });
      cursor = changes.at(-1)?.seq ?? cursor;
      const hasMore = changes.length === MAX_ROWS;
      if (changes.length === 0) return { items: [], hasMore };
      const present = new Set(await members());
      const own = changes.filter(({ entityId }) => present.has(entityId) || known.has(entityId));
      const items = [...Map.groupBy(own, ({ entityId }) => entityId)].map(([id, its]) =>
        toNews(id, { changes: its, isKnown: known.has(id) }),
      );
      for (const { id, kind } of items) {
        if (kind === 'DELETED') known.delete(id);
        else known.add(id);
      }
      return { items: await compare(items), hasMore };
    });
  } catch (error) {
    wake.close();
    throw error;
  }
};
