import type { FlowRunRow } from '#prisma/tables.ts';
import { againWhenTaken } from '#server/commands/again-when-taken.ts';
import type { Context } from '#server/context.ts';
import { type Script, one } from '#server/db/script.ts';
import {
  type FlowRunSurroundings,
  NO_SURROUNDINGS,
  findIdempotentFlowRun,
  readFlowRunSurroundings,
} from '#server/db/sql/lock-flow-run.ts';
import { ServerError } from '#server/errors.ts';
import { newId } from '#server/ids.ts';
import type { JsonObject } from '#server/json.ts';
import type { ClientInfo } from '#server/orchestration/client-info.ts';
import { currentState } from '#server/orchestration/current-state.ts';
import { storedFlowRunPolicy } from '#server/orchestration/empirical-policy.ts';
import {
  flowRunCreation,
  flowRunOf,
  readLockedFlowRun,
} from '#server/orchestration/flow-run-transition.ts';
import type { OrchestrationContext } from '#server/orchestration/rule.ts';
import type { ProposedState, State } from '#server/orchestration/states.ts';
import { type Micros, nowMicros } from '#server/time.ts';

import { generateRunName } from './generate-run-name.ts';

/** A flow run to be made; what is left out takes Prefect's default. */
export interface CreateFlowRun {
  readonly flowId: string;
  /** The state that the run starts in; null makes one without a state. */
  readonly state: ProposedState | null;
  /** An id for the run; one is minted when it is left out. */
  readonly id?: string;
  /** A name is made up when this is left out or empty. */
  readonly name?: string | null;
  readonly deploymentId?: string | null;
  readonly deploymentVersion?: string | null;
  readonly workQueueId?: string | null;
  readonly workQueueName?: string | null;
  readonly flowVersion?: string | null;
  readonly parameters?: JsonObject;
  /** A second run of the flow with the same key is not made: the first is given back. */
  readonly idempotencyKey?: string | null;
  readonly context?: JsonObject;
  readonly empiricalPolicy?: JsonObject;
  readonly tags?: readonly string[];
  /** Laid over those of the deployment, or of the flow. */
  readonly labels?: JsonObject | null;
  readonly createdBy?: JsonObject | null;
  readonly infrastructurePid?: string | null;
  readonly infrastructureDocumentId?: string | null;
  readonly jobVariables?: JsonObject | null;
  readonly parentTaskRunId?: string | null;
  readonly autoScheduled?: boolean;
  readonly expectedStartTime?: Micros | null;
  readonly client?: ClientInfo;
}

export interface CreatedFlowRun {
  readonly flowRun: FlowRunRow;
  readonly state: State | null;
  /** False when an earlier call with the same idempotency key had made the run. */
  readonly created: boolean;
}

const labelsOf = (input: CreateFlowRun, around: FlowRunSurroundings): JsonObject => {
  const own = input.labels ?? {};
  const deploymentId = around.relatedDeploymentId;
  return deploymentId === null
    ? { ...around.relatedFlowLabels, 'prefect.flow.id': input.flowId, ...own }
    : {
        ...around.relatedDeploymentLabels,
        // That of the deployment, whatever flow the run is of.
        'prefect.flow.id': around.relatedDeploymentFlowId ?? input.flowId,
        'prefect.deployment.id': deploymentId,
        ...own,
      };
};

const origin = (input: CreateFlowRun) => ({
  flowId: input.flowId,
  deploymentId: input.deploymentId ?? null,
  deploymentVersion: input.deploymentVersion ?? null,
  workQueueId: input.workQueueId ?? null,
  workQueueName: input.workQueueName ?? null,
  flowVersion: input.flowVersion ?? null,
  idempotencyKey: input.idempotencyKey ?? null,
  createdBy: input.createdBy ?? null,
  infrastructurePid: input.infrastructurePid ?? null,
  infrastructureDocumentId: input.infrastructureDocumentId ?? null,
  parentTaskRunId: input.parentTaskRunId ?? null,
  autoScheduled: input.autoScheduled ?? false,
  expectedStartTime: input.expectedStartTime ?? null,
});

const newRow = (input: CreateFlowRun, around: FlowRunSurroundings): FlowRunRow => {
  const now = nowMicros();
  const hasKey = typeof input.idempotencyKey === 'string';
  return {
    ...origin(input),
    id: input.id ?? newId(),
    created: now,
    updated: now,
    name:
      input.name === null || input.name === undefined || input.name === ''
        ? generateRunName()
        : input.name,
    parameters: input.parameters ?? {},
    context: input.context ?? {},
    empiricalPolicy: storedFlowRunPolicy(input.empiricalPolicy ?? {}),
    tags: input.tags ?? [],
    labels: labelsOf(input, around),
    // Prefect's server leaves them empty for a run with an idempotency key, and its clients are used to it.
    jobVariables: input.jobVariables === undefined ? (hasKey ? null : {}) : input.jobVariables,
    stateId: null,
    stateType: null,
    stateName: null,
    stateTimestamp: null,
    runCount: 0,
    nextScheduledStartTime: null,
    startTime: null,
    endTime: null,
    totalRunTime: 0,
  };
};

function* findExisting(input: CreateFlowRun): Script<CreatedFlowRun | null> {
  if (typeof input.idempotencyKey !== 'string' || input.idempotencyKey === '') return null;
  const found = yield* one(findIdempotentFlowRun(input.flowId, input.idempotencyKey));
  if (found === null) return null;
  const row = yield* readLockedFlowRun(found.id);
  return row === null
    ? null
    : { flowRun: flowRunOf(row), state: currentState(row), created: false };
}

/** The task run above a subflow takes part in its first state, so that its absence would show before the database's keys do. */
const requireParent = (input: CreateFlowRun, around: FlowRunSurroundings): void => {
  if (typeof input.parentTaskRunId !== 'string' || around.parentTaskRunName !== null) return;
  throw new ServerError('CONFLICT', 'The task run above the flow run does not exist.', {
    details: { constraint: 'foreign_key' },
  });
};

/** The script that makes a flow run, for use within another one. */
export function* flowRunToCreate(
  ctx: OrchestrationContext,
  input: CreateFlowRun,
): Script<CreatedFlowRun> {
  const existing = yield* findExisting(input);
  if (existing !== null) return existing;
  const found = yield* one(
    readFlowRunSurroundings({
      flow: input.flowId,
      deployment: input.deploymentId ?? null,
      workQueue: input.workQueueId ?? null,
      parentTaskRun: input.parentTaskRunId ?? null,
    }),
  );
  const surroundings = { ...NO_SURROUNDINGS, ...found };
  requireParent(input, surroundings);
  const { state, client } = input;
  const row = newRow(input, surroundings);
  const made = yield* flowRunCreation(ctx, {
    row,
    surroundings,
    state,
    ...(client === undefined ? {} : { client }),
  });
  return { flowRun: made.run, state: made.state, created: true };
}

/** Makes a flow run, or gives back the one of the same idempotency key; CONFLICT when what it points to is missing. */
export const createFlowRun = (ctx: Context, input: CreateFlowRun): Promise<CreatedFlowRun> =>
  againWhenTaken(() => ctx.db.write(() => flowRunToCreate(ctx, input)));
