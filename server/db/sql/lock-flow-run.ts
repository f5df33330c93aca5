import type { FlowRunRow } from '#prisma/tables.ts';
import type { JsonObject, JsonValue } from '#server/json.ts';
import type { StateType } from '#server/orchestration/states.ts';
import type { Micros } from '#server/time.ts';

import { type Query, statement } from '../statement.ts';

/** The state that a run points to; all null when it has none. */
export interface CurrentStateColumns {
  readonly currentStateId: string | null;
  readonly currentStateType: StateType | null;
  readonly currentStateName: string | null;
  readonly currentStateTimestamp: Micros | null;
  readonly currentStateMessage: string | null;
  readonly currentStateDetails: JsonObject | null;
  readonly currentStateData: JsonValue | null;
  readonly currentStateResult: JsonValue | null;
}

export const CURRENT_STATE = `state.id AS current_state_id, state.type AS current_state_type,
  state.name AS current_state_name, state.timestamp AS current_state_timestamp,
  state.message AS current_state_message, state.state_details AS current_state_details,
  state.data AS current_state_data, result.data AS current_state_result`;

/** What a flow run belongs to: what its events name, and its deployment's terms about concurrency. */
export interface FlowRunSurroundings {
  readonly relatedFlowName: string | null;
  readonly relatedFlowTags: readonly string[] | null;
  readonly relatedFlowLabels: JsonObject | null;
  readonly relatedDeploymentId: string | null;
  readonly relatedDeploymentName: string | null;
  readonly relatedDeploymentTags: readonly string[] | null;
  readonly relatedDeploymentLabels: JsonObject | null;
  readonly relatedDeploymentFlowId: string | null;
  readonly concurrencyLimitId: string | null;
  readonly concurrencyOptions: JsonObject | null;
  readonly concurrencyLimit: number | null;
  readonly relatedQueueId: string | null;
  readonly relatedQueueName: string | null;
  readonly relatedPoolId: string | null;
  readonly relatedPoolName: string | null;
  readonly relatedPoolType: string | null;
  readonly queueLimit: number | null;
  readonly poolLimit: number | null;
  readonly parentTaskRunName: string | null;
  readonly parentTaskRunTags: readonly string[] | null;
}

const FLOW = `flow.name AS related_flow_name, flow.tags AS related_flow_tags,
  flow.labels AS related_flow_labels`;

interface Part {
  readonly columns: string;
  readonly join: (id: string) => string;
}

/** What a flow run may belong to besides its flow: most belong to nothing else. */
const PARTS = {
  deployment: {
    columns: `deployment.id AS related_deployment_id, deployment.name AS related_deployment_name,
      deployment.tags AS related_deployment_tags, deployment.labels AS related_deployment_labels,
      deployment.flow_id AS related_deployment_flow_id,
      deployment.concurrency_limit_id, deployment.concurrency_options,
      bound."limit" AS concurrency_limit`,
    join: (id) => `LEFT JOIN deployment ON deployment.id = ${id}
      LEFT JOIN concurrency_limit_v2 AS bound ON bound.id = deployment.concurrency_limit_id`,
  },
  workQueue: {
    columns: `queue.id AS related_queue_id, queue.name AS related_queue_name,
      pool.id AS related_pool_id, pool.name AS related_pool_name, pool.type AS related_pool_type,
      queue.concurrency_limit AS queue_limit, pool.concurrency_limit AS pool_limit`,
    join: (id) => `LEFT JOIN work_queue AS queue ON queue.id = ${id}
      LEFT JOIN work_pool AS pool ON pool.id = queue.work_pool_id`,
  },
  parentTaskRun: {
    columns: 'parent.name AS parent_task_run_name, parent.tags AS parent_task_run_tags',
    join: (id) => `LEFT JOIN task_run AS parent ON parent.id = ${id}`,
  },
} satisfies Record<string, Part>;

export type LockedFlowRun = FlowRunRow & CurrentStateColumns & FlowRunSurroundings;

/**
 * Reads a flow run with its state and surroundings in one statement and keeps it for this transaction. The weak lock
 * lets others go on writing rows that point to the run, such as its task runs.
 */
export const lockFlowRun = statement<[id: string], LockedFlowRun>(
  `SELECT run.*, ${CURRENT_STATE}, ${FLOW}, ${PARTS.deployment.columns},
    ${PARTS.workQueue.columns}, ${PARTS.parentTaskRun.columns} FROM flow_run AS run
  LEFT JOIN flow_run_state AS state ON state.id = run.state_id
  LEFT JOIN artifact AS result ON result.id = state.result_artifact_id
  LEFT JOIN flow ON flow.id = run.flow_id
  ${PARTS.deployment.join('run.deployment_id')}
  ${PARTS.workQueue.join('run.work_queue_id')}
  ${PARTS.parentTaskRun.join('run.parent_task_run_id')}
  WHERE run.id = ? FOR NO KEY UPDATE OF run`,
);

export const NO_SURROUNDINGS: FlowRunSurroundings = {
  relatedFlowName: null,
  relatedFlowTags: null,
  relatedFlowLabels: null,
  relatedDeploymentId: null,
  relatedDeploymentName: null,
  relatedDeploymentTags: null,
  relatedDeploymentLabels: null,
  relatedDeploymentFlowId: null,
  concurrencyLimitId: null,
  concurrencyOptions: null,
  concurrencyLimit: null,
  relatedQueueId: null,
  relatedQueueName: null,
  relatedPoolId: null,
  relatedPoolName: null,
  relatedPoolType: null,
  queueLimit: null,
  poolLimit: null,
  parentTaskRunName: null,
  parentTaskRunTags: null,
};

type PartName = keyof typeof PARTS;
type ReadParts = (...ids: readonly string[]) => Query<Partial<FlowRunSurroundings>>;

const readers = new Map<string, ReadParts>();

const readerOf = (names: readonly PartName[]): ReadParts => {
  const key = names.join(' ');
  const known = readers.get(key);
  if (known !== undefined) return known;
  const columns = [FLOW, ...names.map((name) => PARTS[name].columns)].join(', ');
  const joins = names.map((name) => PARTS[name].join('?')).join(' ');
  const reader = statement<readonly string[], Partial<FlowRunSurroundings>>(
    `SELECT ${columns} FROM flow ${joins} WHERE flow.id = ?`,
  );
  readers.set(key, reader);
  return reader;
};

/** Ids of what a new flow run is to belong to. */
export interface FlowRunOrigin extends Readonly<Record<PartName, string | null>> {
  readonly flow: string;
}

/**
 * The surroundings of a flow run that is about to be made, in a statement that joins only what the run belongs to:
 * PostgreSQL plans one that joins everything anew for each call, which took longer than all the rest of the call.
 */
export const readFlowRunSurroundings = ({
  flow,
  ...parts
}: FlowRunOrigin): Query<Partial<FlowRunSurroundings>> => {
  const names: PartName[] = [];
  const ids: string[] = [];
  for (const name of ['deployment', 'workQueue', 'parentTaskRun'] as const) {
    const id = parts[name];
    if (id === null) continue;
    names.push(name);
    ids.push(id);
  }
  return readerOf(names)(...ids, flow);
};

/** The flow run that an earlier call with the same idempotency key made. */
export const findIdempotentFlowRun = statement<
  [flowId: string, idempotencyKey: string],
  { readonly id: string }
>('SELECT id FROM flow_run WHERE flow_id = ? AND idempotency_key = ?');
