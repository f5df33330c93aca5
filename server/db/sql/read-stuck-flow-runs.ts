import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

/** A run in the state that it was found in. */
export interface FoundFlowRun {
  readonly id: string;
  readonly stateId: string | null;
}

export interface FoundPause extends FoundFlowRun {
  /** The end of the pause, as the client wrote it. */
  readonly pauseTimeout: string;
}

/**
 * Paused flow runs whose pause has an end, after an id and by id. Those that are paused are few, whatever the history,
 * so they are gathered first: for the sake of the order SQLite would walk along all runs.
 */
export const readPausesWithEnd = statement<[after: string, limit: number], FoundPause>(
  `WITH paused AS MATERIALIZED (SELECT id, state_id FROM flow_run WHERE state_type = 'PAUSED')
   SELECT paused.id, paused.state_id, state_details ->> 'pause_timeout' AS pause_timeout FROM paused
   JOIN flow_run_state ON flow_run_state.id = paused.state_id
   WHERE paused.id > ? AND state_details ->> 'pause_timeout' IS NOT NULL ORDER BY paused.id LIMIT ?`,
);

const HEARTBEAT = `FROM event_resource JOIN event ON event.seq = event_resource.seq
  WHERE event_resource.resource_id = 'prefect.flow-run.' || flow_run.id
  AND event.event = 'prefect.flow-run.heartbeat'`;

/**
 * Flow runs that are running since before a moment, have shown signs of life, and none since then. Each is looked up
 * by its own events: first among those since then, of which one that lives has a few.
 */
export const readSilentFlowRuns = statement<
  [before: Micros, since: Micros, until: Micros, limit: number],
  FoundFlowRun
>(
  `SELECT id, state_id FROM flow_run WHERE state_type = 'RUNNING' AND state_timestamp < ?
   AND NOT EXISTS (SELECT 1 ${HEARTBEAT} AND event_resource.occurred >= ?)
   AND EXISTS (SELECT 1 ${HEARTBEAT} AND event_resource.occurred < ?)
   LIMIT ?`,
);

/** Gives a row when a flow run has shown a sign of life since a moment. */
export const findHeartbeatSince = statement<
  [flowRunId: string, since: Micros],
  { readonly id: string }
>(
  `SELECT id FROM flow_run WHERE id = ? AND EXISTS (SELECT 1 ${HEARTBEAT} AND event_resource.occurred >= ?)`,
);

/** The last sign of life of a flow run, by the id of its resource. */
export const readLastHeartbeat = statement<[resourceId: string], { readonly occurred: Micros }>(
  `SELECT event_resource.occurred FROM event_resource JOIN event ON event.seq = event_resource.seq
   WHERE event_resource.resource_id = ? AND event_resource.role = '' AND event.event = 'prefect.flow-run.heartbeat'
   ORDER BY event_resource.occurred DESC LIMIT 1`,
);
