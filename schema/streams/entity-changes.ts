import type { Context } from '#server/context.ts';
import type { ChangeTopic } from '#server/events/record.ts';
import { type Change, readChangesOf, readEnds } from '#server/queries/journal/read-changes.ts';

import type { Compare } from './changed-fields.ts';
import { type Pull, createStream } from './stream.ts';
import { listen } from './wake.ts';

const MAX_ROWS = 500;

/** News of an entity: that it was there when the stream began, or what became of it since the last news. */
export interface EntityChange {
  readonly kind: 'SNAPSHOT' | 'CREATED' | 'UPDATED' | 'DELETED';
  readonly id: string;
  /** How many earlier changes this one stands for as well. */
  readonly coalesced: number;
  /** The fields that differ from what was told before, where that was asked for. */
  readonly changedFields?: readonly string[];
}

/** What a stretch of changes of one entity says of it. */
export const toNews = (
  id: string,
  { changes, isKnown }: { readonly changes: readonly Change[]; readonly isKnown: boolean },
): EntityChange => {
  const isDeleted = changes.at(-1)?.kind === 'deleted';
  const isNew = !isKnown && changes.some(({ kind }) => kind === 'created');
  const stillThere = isNew ? 'CREATED' : 'UPDATED';
  return { kind: isDeleted ? 'DELETED' : stillThere, id, coalesced: changes.length - 1 };
};

interface Followed {
  readonly topic: ChangeTopic;
  /** The id of an entity, or of the flow run whose entities are followed. */
  readonly key: string;
  /** The ids of what is there when the stream begins. */
  readonly present: () => Promise<readonly string[]>;
  readonly compare: Compare;
  /** A topic whose signals of the key are news as well, although the journal does not tell of them. */
  readonly unwritten?: string;
}

/** Signals that no journal bounds may come with each call to the server: they are told together. */
const GATHER_MILLIS = 500;

/**
 * News of one entity, or of all of a topic that belong to a flow run: what is there first, then what changes. Changes
 * that come faster than they are read are told as one, so the last state always arrives.
 */
export const followEntities = async (
  ctx: Context,
  { topic, key, present, compare, unwritten }: Followed,
): Promise<AsyncIterableIterator<EntityChange>> => {
  let isStirred = false;
  const topics = unwritten === undefined ? [topic] : [topic, unwritten];
  const wake = listen(ctx, topics, (signal) => {
    if (signal.key !== key) return false;
    isStirred ||= signal.topic === unwritten;
    return true;
  });
  try {
    let cursor = (await readEnds(ctx)).lastChange;
    let first: readonly string[] | null = await present();
    // What was there may have been made so lately that the journal tells of it once more.
    const known = new Set(first);
    return createStream(wake, async (): Promise<Pull<EntityChange>> => {
      if (first !== null) {
        const items = first.map((id) => ({ kind: 'SNAPSHOT', id, coalesced: 0 }) as const);
        first = null;
        return { items: await compare(items), hasMore: true };
      }
      const isToldUnwritten = isStirred;
      if (isStirred) await wake.rest(GATHER_MILLIS);
      isStirred = false;
      const changes = await readChangesOf(ctx, { topic, after: cursor, limit: MAX_ROWS, key });
      cursor = changes.at(-1)?.seq ?? cursor;
      const byEntity = Map.groupBy(changes, (change) => change.entityId);
      const items = [...byEntity].map(([id, own]) =>
        toNews(id, { changes: own, isKnown: known.has(id) }),
      );
      if (isToldUnwritten && items.length === 0)
        items.push({ kind: 'UPDATED', id: key, coalesced: 0 });
      return { items: await compare(items), hasMore: changes.length === MAX_ROWS };
    });
  } catch (error) {
    wake.close();
    throw error;
  }
};
