import type { FlowRunInputRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { listFlowRunInputs } from '#server/queries/flow-run/list-flow-run-inputs.ts';
import { readChangesOf, readEnds } from '#server/queries/journal/read-changes.ts';

import { parseJournalCursor, requireKept } from './journal-cursor.ts';
import { type Pull, createStream } from './stream.ts';
import { listen } from './wake.ts';

const MAX_INPUTS = 200;
const TOPIC = 'flow-run-input';

export interface InputBatch {
  readonly cursor: string;
  readonly inputs: readonly FlowRunInputRow[];
}

interface Followed {
  readonly flowRunId: string;
  readonly keyPrefix: string;
  readonly after: string | null;
}

/**
 * What is handed to a flow run: without a cursor what is there first, then what comes, each at least once. What was
 * taken back in between is left out. Throws CURSOR_INVALID and CURSOR_EXPIRED.
 */
export const followInputs = async (
  ctx: Context,
  { flowRunId, keyPrefix, after }: Followed,
): Promise<AsyncIterableIterator<InputBatch>> => {
  const wake = listen(ctx, [TOPIC], ({ key }) => key === flowRunId);
  try {
    const ends = await readEnds(ctx);
    let cursor = after === null ? ends.lastChange : parseJournalCursor(after);
    requireKept(cursor, ends.firstChange);
    let isPresentDue = after === null;
    const batch = (inputs: readonly FlowRunInputRow[]): readonly InputBatch[] =>
      inputs.length === 0 ? [] : [{ cursor: String(cursor), inputs }];
    return createStream(wake, async (): Promise<Pull<InputBatch>> => {
      if (isPresentDue) {
        isPresentDue = false;
        return {
          items: batch(await listFlowRunInputs(ctx, { flowRunId, keyPrefix })),
          hasMore: true,
        };
      }
      const changes = await readChangesOf(ctx, {
        topic: TOPIC,
        after: cursor,
        limit: MAX_INPUTS,
        key: flowRunId,
      });
      cursor = changes.at(-1)?.seq ?? cursor;
      const ids = changes.flatMap(({ kind, entityId }) => (kind === 'deleted' ? [] : [entityId]));
      const inputs =
        ids.length === 0 ? [] : await listFlowRunInputs(ctx, { flowRunId, keyPrefix, ids });
      return { items: batch(inputs), hasMore: changes.length === MAX_INPUTS };
    });
  } catch (error) {
    wake.close();
    throw error;
  }
};
