import type { Context } from '#server/context.ts';
import type { ChangeTopic } from '#server/events/record.ts';
import {
  type FlowRunGraph,
  type GraphNode,
  readFlowRunGraph,
} from '#server/queries/flow-run/read-flow-run-graph.ts';
import { readChangesOf, readEnds } from '#server/queries/journal/read-changes.ts';
import { micros } from '#server/time.ts';

import { parseJournalCursor, requireKept } from './journal-cursor.ts';
import { type Pull, createStream } from './stream.ts';
import { listen } from './wake.ts';

const TOPICS: readonly ChangeTopic[] = ['flow-run', 'task-run', 'artifact'];
const LEAST_PAUSE_MILLIS = 500;
/** A graph of thousands of runs takes its time to be read: a stream does nothing else for no more than a tenth of it. */
const PAUSES_PER_READ = 10;
const MAX_ROWS = 500;
const BEGINNING = micros(0);

export interface GraphDelta {
  readonly cursor: string;
  readonly graph: FlowRunGraph;
  readonly reset: boolean;
}

/** All that a node shows, shortened to what can change. */
const signatureOf = (node: GraphNode): string =>
  [
    node.label,
    node.stateType,
    node.startTime,
    node.endTime,
    node.parentIds.length,
    node.childIds.length,
    node.encapsulatingIds.length,
    ...node.artifacts.flatMap(({ id, latestOf, type, data }) => [
      id,
      latestOf === null,
      type === 'progress' ? JSON.stringify(data) : '',
    ]),
  ].join('|');

/** Remembers what was told of each node and gives those that there is something new to tell of. */
const createMemory = () => {
  const told = new Map<string, string>();
  return (nodes: readonly GraphNode[]): readonly GraphNode[] =>
    nodes.filter((node) => {
      const signature = signatureOf(node);
      if (told.get(node.id) === signature) return false;
      told.set(node.id, signature);
      return true;
    });
};

/** The number of the last change of what a graph shows past a number; null when there is none. */
const lastChangeOf = async (
  ctx: Context,
  { flowRunId, after }: { readonly flowRunId: string; readonly after: number },
): Promise<number | null> => {
  const found = await Promise.all(
    TOPICS.map((topic) => readChangesOf(ctx, { topic, after, limit: MAX_ROWS, key: flowRunId })),
  );
  const numbers = found.flatMap((changes) => changes.at(-1)?.seq ?? []);
  return numbers.length === 0 ? null : Math.max(...numbers);
};

interface Followed {
  readonly flowRunId: string;
  readonly after: string | null;
}

/**
 * The graph of a flow run: the whole first, with a cursor only if it has changed since; then with the runs in it that
 * changed. Throws CURSOR_INVALID and CURSOR_EXPIRED.
 */
export const followGraph = async (
  ctx: Context,
  { flowRunId, after }: Followed,
): Promise<AsyncIterableIterator<GraphDelta>> => {
  const wake = listen(ctx, TOPICS, ({ key }) => key === flowRunId);
  try {
    const ends = await readEnds(ctx);
    let cursor = after === null ? ends.lastChange : parseJournalCursor(after);
    requireKept(cursor, ends.firstChange);
    const changedOnly = createMemory();
    let isWholeDue = true;
    let isDue = after === null;
    let pauseMillis = 0;
    return createStream(wake, async (): Promise<Pull<GraphDelta>> => {
      await wake.rest(pauseMillis);
      const last = await lastChangeOf(ctx, { flowRunId, after: cursor });
      if (last === null && !isDue) return { items: [], hasMore: false };
      const before = performance.now();
      const graph = await readFlowRunGraph(ctx, { flowRunId, since: BEGINNING });
      pauseMillis = Math.max(LEAST_PAUSE_MILLIS, PAUSES_PER_READ * (performance.now() - before));
      cursor = last ?? cursor;
      const reset = isWholeDue;
      [isDue, isWholeDue] = [false, false];
      const nodes = changedOnly(graph.nodes);
      return {
        items: [{ cursor: String(cursor), graph: { ...graph, nodes }, reset }],
        // There may be more changes than one look takes in.
        hasMore: last !== null,
      };
    });
  } catch (error) {
    wake.close();
    throw error;
  }
};
