import type { FlowRunRow } from '#prisma/tables.ts';
import type { JsonObject, JsonValue } from '#server/json.ts';
import type { StateType } from '#server/orchestration/states.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

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
  readonly concurrencyLimitId: string | null;
  readonly concurrencyOptions: JsonObject | null;
  readonly concurrencyLimit: number | null;
  readonly concurrencyActiveSlots: number | null;
  readonly relatedQueueId: string | null;
  readonly relatedQueueName: string | null;
  readonly relatedPoolId: string | null;
  readonly relatedPoolName: string | null;
  readonly relatedPoolType: string | null;
  readonly parentTaskRunName: string | null;
  readonly parentTaskRunTags: readonly string[] | null;
}

const SURROUNDINGS = `flow.name AS related_flow_name, flow.tags AS related_flow_tags,
  flow.labels AS related_flow_labels,
  deployment.id AS related_deployment_id, deployment.name AS related_deployment_name,
  deployment.tags AS related_deployment_tags, deployment.labels AS related_deployment_labels,
  deployment.concurrency_limit_id, deployment.concurrency_options,
  bound."limit" AS concurrency_limit, bound.active_slots AS concurrency_active_slots,
  queue.id AS related_queue_id, queue.name AS related_queue_name,
  pool.id AS related_pool_id, pool.name AS related_pool_name, pool.type AS related_pool_type,
  parent.name AS parent_task_run_name, parent.tags AS parent_task_run_tags`;

const joins = (from: {
  readonly flow: string;
  readonly deployment: string;
  readonly queue: string;
  readonly parent: string;
}): string => `LEFT JOIN flow ON flow.id = ${from.flow}
  LEFT JOIN deployment ON deployment.id = ${from.deployment}
  LEFT JOIN concurrency_limit_v2 AS bound ON bound.id = deployment.concurrency_limit_id
  LEFT JOIN work_queue AS queue ON queue.id = ${from.queue}
  LEFT JOIN work_pool AS pool ON pool.id = queue.work_pool_id
  LEFT JOIN task_run AS parent ON parent.id = ${from.parent}`;

export type LockedFlowRun = FlowRunRow & CurrentStateColumns & FlowRunSurroundings;

/**
 * Reads a flow run with its state and surroundings in one statement and keeps it for this transaction. The weak lock
 * lets others go on writing rows that point to the run, such as its task runs.
 */
export const lockFlowRun = statement<[id: string], LockedFlowRun>(
  `SELECT run.*, ${CURRENT_STATE}, ${SURROUNDINGS} FROM flow_run AS run
  LEFT JOIN flow_run_state AS state ON state.id = run.state_id
  LEFT JOIN artifact AS result ON result.id = state.result_artifact_id
  ${joins({
    flow: 'run.flow_id',
    deployment: 'run.deployment_id',
    queue: 'run.work_queue_id',
    parent: 'run.parent_task_run_id',
  })}
  WHERE run.id = ? FOR NO KEY UPDATE OF run`,
);

/** The surroundings of a flow run that is about to be made; what does not exist is null. */
export const readFlowRunSurroundings = statement<
  [
    flowId: string,
    deploymentId: string | null,
    workQueueId: string | null,
    parentTaskRunId: string | null,
  ],
  FlowRunSurroundings
>(
  `SELECT ${SURROUNDINGS} FROM (SELECT 1 AS one) AS made ${joins({
    flow: '?',
    deployment: '?',
    queue: '?',
    parent: '?',
  })}`,
);

/** The flow run that an earlier call with the same idempotency key made. */
export const findIdempotentFlowRun = statement<
  [flowId: string, idempotencyKey: string],
  { readonly id: string }
>('SELECT id FROM flow_run WHERE flow_id = ? AND idempotency_key = ?');
