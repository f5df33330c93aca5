import type { ArtifactRow } from '#prisma/tables.ts';
import type { JsonObject } from '#server/json.ts';
import type { StateType } from '#server/orchestration/states.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

/** A task run of a flow run, or the subflow run that stands in its place. */
export interface GraphNodeRow {
  readonly kind: 'task-run' | 'flow-run';
  readonly id: string;
  readonly label: string;
  readonly stateType: StateType | null;
  readonly startTime: Micros;
  readonly endTime: Micros | null;
  readonly taskInputs: JsonObject;
}

const START = `coalesce(sub.start_time, sub.expected_start_time, task_run.start_time,
  task_run.expected_start_time)`;

/** What ran within a flow run, in the order of its start, without what had ended before an instant. */
export const readGraphNodes = statement<
  [flowRunId: string, since: Micros, limit: number],
  GraphNodeRow
>(
  `SELECT * FROM (
     SELECT CASE WHEN sub.id IS NULL THEN 'task-run' ELSE 'flow-run' END AS kind,
       coalesce(sub.id, task_run.id) AS id,
       coalesce(flow.name || ' / ' || sub.name, task_run.name) AS label,
       coalesce(sub.state_type, task_run.state_type) AS state_type,
       ${START} AS start_time,
       coalesce(sub.end_time, task_run.end_time,
         CASE WHEN task_run.state_type = 'COMPLETED' THEN task_run.expected_start_time END) AS end_time,
       task_run.task_inputs AS task_inputs
     FROM task_run LEFT JOIN flow_run AS sub ON sub.parent_task_run_id = task_run.id
     LEFT JOIN flow ON flow.id = sub.flow_id
     WHERE task_run.flow_run_id = ? AND ${START} IS NOT NULL
   ) AS node
   WHERE end_time IS NULL OR end_time >= ?
   ORDER BY start_time, end_time, id LIMIT ?`,
);

export type GraphArtifactRow = Pick<
  ArtifactRow,
  'id' | 'created' | 'key' | 'type' | 'data' | 'taskRunId'
> & {
  /** The collection whose latest artifact it is, null for one that is none or has no key. */
  readonly latestOf: string | null;
};

/** The artifacts of a flow run but for results, oldest first. */
export const readGraphArtifacts = statement<[flowRunId: string, limit: number], GraphArtifactRow>(
  `SELECT artifact.id, artifact.created, artifact."key", artifact.type, artifact.data, artifact.task_run_id,
     artifact_collection.id AS latest_of
   FROM artifact LEFT JOIN artifact_collection
     ON artifact_collection."key" = artifact."key" AND artifact_collection.latest_id = artifact.id
   WHERE artifact.flow_run_id = ? AND artifact.type <> 'result'
   ORDER BY artifact.created LIMIT ?`,
);
