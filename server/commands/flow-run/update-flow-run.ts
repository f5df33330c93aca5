import type { FlowRunRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { type Script, run } from '#server/db/script.ts';
import { updateRun } from '#server/db/sql/row-writes.ts';
import { ServerError, notFound } from '#server/errors.ts';
import { recordChange } from '#server/events/record.ts';
import type { JsonObject } from '#server/json.ts';
import { changedColumns } from '#server/orchestration/current-state.ts';
import { storedFlowRunPolicy } from '#server/orchestration/empirical-policy.ts';
import { flowRunOf, readLockedFlowRun } from '#server/orchestration/flow-run-transition.ts';
import { nowMicros } from '#server/time.ts';

import { generateRunName } from './generate-run-name.ts';

/** Checks the job variables of a run against the work pool of its deployment; INVALID when they do not fit. */
export type JobVariablesCheck = (run: {
  readonly flowRunId: string;
  readonly deploymentId: string;
  readonly jobVariables: JsonObject;
}) => Script<void>;

/** Changes of a flow run; what is left out stays as it is. */
export interface UpdateFlowRun {
  readonly flowRunId: string;
  /** A name is made up when this is null or empty. */
  readonly name?: string | null;
  readonly flowVersion?: string | null;
  readonly parameters?: JsonObject;
  readonly empiricalPolicy?: JsonObject;
  readonly tags?: readonly string[];
  readonly infrastructurePid?: string | null;
  /** May be changed only while the run is scheduled. */
  readonly jobVariables?: JsonObject | null;
  readonly checkJobVariables?: JobVariablesCheck;
}

function* requireJobVariables(
  row: FlowRunRow & { readonly relatedDeploymentId: string | null },
  { flowRunId, jobVariables, checkJobVariables }: UpdateFlowRun,
): Script<void> {
  if (jobVariables === undefined || jobVariables === null) return;
  if (row.stateType === null) {
    throw new ServerError(
      'BAD_REQUEST',
      'Flow run state is required to update job variables but none exists',
    );
  }
  if (row.stateType !== 'SCHEDULED') {
    throw new ServerError(
      'BAD_REQUEST',
      `Job variables for a flow run in state ${row.stateType} cannot be updated`,
    );
  }
  const deploymentId = row.relatedDeploymentId;
  if (deploymentId === null) {
    throw new ServerError('BAD_REQUEST', 'A deployment for the flow run could not be found');
  }
  if (checkJobVariables !== undefined) {
    yield* checkJobVariables({ flowRunId, deploymentId, jobVariables });
  }
}

const updated = (row: FlowRunRow, input: UpdateFlowRun): FlowRunRow => ({
  ...row,
  ...(input.name === undefined ? {} : { name: input.name || generateRunName() }),
  ...(input.flowVersion === undefined ? {} : { flowVersion: input.flowVersion }),
  ...(input.parameters === undefined ? {} : { parameters: input.parameters }),
  ...(input.tags === undefined ? {} : { tags: input.tags }),
  ...(input.infrastructurePid === undefined ? {} : { infrastructurePid: input.infrastructurePid }),
  ...(input.jobVariables === undefined ? {} : { jobVariables: input.jobVariables }),
  ...(input.empiricalPolicy === undefined
    ? {}
    : { empiricalPolicy: storedFlowRunPolicy(input.empiricalPolicy) }),
});

/** Changes a flow run and gives it back; NOT_FOUND for an unknown one, BAD_REQUEST when it is too late for the change. */
export const updateFlowRun = (ctx: Context, input: UpdateFlowRun): Promise<FlowRunRow> =>
  ctx.db.write(function* () {
    const { flowRunId } = input;
    const row = yield* readLockedFlowRun(flowRunId);
    if (row === null) throw notFound('Flow run', flowRunId);
    yield* requireJobVariables(row, input);
    const before = flowRunOf(row);
    const after = { ...updated(before, input), updated: nowMicros() };
    yield* run(updateRun('flow_run', flowRunId, changedColumns(before, after)));
    yield* recordChange({ topic: 'flow-run', kind: 'updated', entityId: flowRunId, flowRunId });
    return after;
  });

export interface UpdateFlowRunLabels {
  readonly flowRunId: string;
  readonly labels: JsonObject;
}

/** Lays labels over those that a flow run has; NOT_FOUND for an unknown one. */
export const updateFlowRunLabels = (
  ctx: Context,
  { flowRunId, labels: given }: UpdateFlowRunLabels,
): Promise<FlowRunRow> =>
  ctx.db.write(function* () {
    const row = yield* readLockedFlowRun(flowRunId);
    if (row === null) throw notFound('Flow run', flowRunId);
    const changes = { labels: { ...row.labels, ...given }, updated: nowMicros() };
    yield* run(updateRun('flow_run', flowRunId, changes));
    yield* recordChange({ topic: 'flow-run', kind: 'updated', entityId: flowRunId, flowRunId });
    return { ...flowRunOf(row), ...changes };
  });
