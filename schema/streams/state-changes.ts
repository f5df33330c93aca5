import type { Context } from '#server/context.ts';
import { readChanges, readEnds } from '#server/queries/journal/read-changes.ts';
import {
  type RunFilter,
  type RunStateChange,
  readRunStateChanges,
} from '#server/queries/journal/run-state-changes.ts';

import { parseJournalCursor, requireKept } from './journal-cursor.ts';
import { createStream } from './stream.ts';
import { listen } from './wake.ts';

const MAX_ROWS = 500;
const REMEMBERED = 1000;

/** Tells which states a stream has already told, for the runs it told of last. */
const createMemory = () => {
  const states = new Map<string, string>();
  return {
    isNew: ({ runId, state }: RunStateChange): boolean => {
      if (states.get(runId) === state.id) return false;
      states.delete(runId);
      states.set(runId, state.id);
      const [oldest] = states.keys();
      if (states.size > REMEMBERED && oldest !== undefined) states.delete(oldest);
      return true;
    },
  };
};

/**
 * The states that runs enter from now on, or from a cursor on: each at least once, in the order of the commits.
 * Throws CURSOR_INVALID and CURSOR_EXPIRED.
 */
export const followStateChanges = async (
  ctx: Context,
  run: RunFilter,
  after: string | null,
): Promise<AsyncIterableIterator<RunStateChange>> => {
  const topic = run.kind === 'flowRun' ? 'flow-run' : 'task-run';
  const wake = listen(ctx, [topic], () => true);
  try {
    const ends = await readEnds(ctx);
    let cursor = after === null ? ends.lastChange : parseJournalCursor(after);
    requireKept(cursor, ends.firstChange);
    const memory = createMemory();
    return createStream(wake, async () => {
      const changes = await readChanges(ctx, { topic, after: cursor, limit: MAX_ROWS });
      cursor = changes.at(-1)?.seq ?? cursor;
      const items = await readRunStateChanges(ctx, run, changes);
      return { items: items.filter(memory.isNew), hasMore: changes.length === MAX_ROWS };
    });
  } catch (error) {
    wake.close();
    throw error;
  }
};
