import type { Micros } from '#server/time.ts';

import { type Query, statement } from '../statement.ts';

type DeleteOldest = [before: Micros, limit: number];

/** Removes the oldest entries of the journal that were written before the instant, at most so many. */
export const deleteOldChanges = statement<DeleteOldest, { readonly seq: number }>(
  'DELETE FROM change WHERE seq IN (SELECT seq FROM change WHERE at < ? ORDER BY at LIMIT ?) RETURNING seq',
);

/** Removes the oldest events that occurred before the instant, at most so many. */
export const deleteOldEvents = statement<DeleteOldest, { readonly seq: number }>(
  `DELETE FROM event WHERE seq IN (SELECT seq FROM event WHERE occurred < ? ORDER BY occurred, seq LIMIT ?)
   RETURNING seq`,
);

/** Removes what made events findable, given the numbers of the events as a JSON list. */
export const deleteEventResources = statement<[seqs: string]>({
  sqlite: 'DELETE FROM event_resource WHERE seq IN (SELECT value FROM json_each(?))',
  postgresql:
    'DELETE FROM event_resource WHERE seq IN (SELECT CAST(jsonb_array_elements_text(CAST(? AS JSONB)) AS BIGINT))',
});

/** Removes the oldest events of a name that occurred before the instant, at most so many. */
export const deleteOldEventsOfName = statement<
  [name: string, before: Micros, limit: number],
  { readonly seq: number }
>(
  `DELETE FROM event WHERE seq IN
     (SELECT seq FROM event WHERE event = ? AND occurred < ? ORDER BY occurred LIMIT ?)
   RETURNING seq`,
);

/** Flow runs without a parent that ended before the instant, the oldest first. */
export const readOldFlowRuns = statement<DeleteOldest, { readonly id: string }>(
  `SELECT id FROM flow_run WHERE end_time < ? AND parent_task_run_id IS NULL
   AND state_type IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED') ORDER BY end_time, id LIMIT ?`,
);

interface NamedFlowRun {
  readonly id: string;
  /** The id again while there is such a run, null when it is gone. */
  readonly present: string | null;
}

/** Looks at so many of the flow runs that are named, after one and in order: gives those that are gone, and the last. */
export type NamedFlowRunsAfter = (after: string, looks: number) => Query<NamedFlowRun>;

/** The different flow runs that rows of a table name, found by stepping through its index. */
const flowRunsNamedIn = (table: 'log' | 'artifact'): NamedFlowRunsAfter => {
  const query = statement<[after: string, looks: number, last: number], NamedFlowRun>(
    `WITH RECURSIVE named(id, place) AS (
       SELECT min(flow_run_id), 1 FROM ${table} WHERE flow_run_id > ?
       UNION ALL
       SELECT (SELECT min(flow_run_id) FROM ${table} WHERE flow_run_id > named.id), place + 1
       FROM named WHERE named.id IS NOT NULL AND place < CAST(? AS BIGINT)
     ) SELECT named.id, (SELECT flow_run.id FROM flow_run WHERE flow_run.id = named.id) AS present
     FROM named WHERE named.id IS NOT NULL AND (place = CAST(? AS BIGINT)
       OR NOT EXISTS (SELECT 1 FROM flow_run WHERE flow_run.id = named.id)) ORDER BY place`,
  );
  return (after, looks) => query(after, looks, looks);
};

export const listFlowRunsWithLogs = flowRunsNamedIn('log');
export const listFlowRunsWithArtifacts = flowRunsNamedIn('artifact');

/** Some of the artifacts of a flow run. */
export const readArtifactsOfFlowRun = statement<
  [flowRunId: string, limit: number],
  { readonly id: string }
>('SELECT id FROM artifact WHERE flow_run_id = ? LIMIT ?');
