import type { TaskRunRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { type Script, one } from '#server/db/script.ts';
import {
  findTaskRun,
  findTaskRunAlone,
  readFlowRunForTaskRun,
} from '#server/db/sql/lock-task-run.ts';
import { isServerError } from '#server/errors.ts';
import { newId } from '#server/ids.ts';
import type { JsonObject } from '#server/json.ts';
import { currentState } from '#server/orchestration/current-state.ts';
import { storedTaskRunPolicy } from '#server/orchestration/empirical-policy.ts';
import type { EnclosingFlowRun, OrchestrationContext } from '#server/orchestration/rule.ts';
import type { ProposedState, State } from '#server/orchestration/states.ts';
import {
  readLockedTaskRun,
  taskRunCreation,
  taskRunOf,
} from '#server/orchestration/task-run-transition.ts';
import { type Micros, nowMicros } from '#server/time.ts';

import { generateRunName } from '../flow-run/generate-run-name.ts';

/** A task run to be made; what is left out takes Prefect's default. */
export interface CreateTaskRun {
  readonly taskKey: string;
  /** Tells the runs of one task within a flow run apart. */
  readonly dynamicKey: string;
  /** The state that the run starts in; null makes one without a state. */
  readonly state: ProposedState | null;
  readonly id?: string;
  readonly name?: string | null;
  readonly flowRunId?: string | null;
  readonly cacheKey?: string | null;
  readonly cacheExpiration?: Micros | null;
  readonly taskVersion?: string | null;
  readonly empiricalPolicy?: JsonObject;
  readonly taskInputs?: JsonObject;
  readonly tags?: readonly string[];
  /** Laid over those of the flow run. */
  readonly labels?: JsonObject | null;
}

export interface CreatedTaskRun {
  readonly taskRun: TaskRunRow;
  readonly state: State | null;
  /** False when the run was there before. */
  readonly created: boolean;
}

interface Around {
  readonly flowRun: EnclosingFlowRun | null;
  readonly labels: JsonObject;
}

function* readAround(flowRunId: string | null): Script<Around> {
  const row = flowRunId === null ? null : yield* one(readFlowRunForTaskRun(flowRunId));
  if (row === null) return { flowRun: null, labels: {} };
  const state = row.stateType === null ? null : { type: row.stateType, details: {} };
  return {
    flowRun: { id: row.id, runCount: row.runCount, state },
    labels: { ...row.labels, 'prefect.flow-run.id': row.id },
  };
}

const newRow = (input: CreateTaskRun, labels: JsonObject): TaskRunRow => {
  const now = nowMicros();
  return {
    id: input.id ?? newId(),
    created: now,
    updated: now,
    name:
      input.name === null || input.name === undefined || input.name === ''
        ? generateRunName()
        : input.name,
    flowRunId: input.flowRunId ?? null,
    taskKey: input.taskKey,
    dynamicKey: input.dynamicKey,
    cacheKey: input.cacheKey ?? null,
    cacheExpiration: input.cacheExpiration ?? null,
    taskVersion: input.taskVersion ?? null,
    flowRunRunCount: 0,
    empiricalPolicy: storedTaskRunPolicy(input.empiricalPolicy ?? {}),
    taskInputs: input.taskInputs ?? {},
    tags: input.tags ?? [],
    labels: { ...labels, ...input.labels },
    stateId: null,
    stateType: null,
    stateName: null,
    stateTimestamp: null,
    runCount: 0,
    expectedStartTime: null,
    nextScheduledStartTime: null,
    startTime: null,
    endTime: null,
    totalRunTime: 0,
  };
};

function* findExisting({
  flowRunId,
  taskKey,
  dynamicKey,
}: CreateTaskRun): Script<CreatedTaskRun | null> {
  const found = yield* one(
    typeof flowRunId === 'string'
      ? findTaskRun(flowRunId, taskKey, dynamicKey)
      : findTaskRunAlone(taskKey, dynamicKey),
  );
  const row = found === null ? null : yield* readLockedTaskRun(found.id);
  return row === null
    ? null
    : { taskRun: taskRunOf(row), state: currentState(row), created: false };
}

/** The script that makes a task run, for use within another one. */
export function* taskRunToCreate(
  ctx: OrchestrationContext,
  input: CreateTaskRun,
): Script<CreatedTaskRun> {
  const existing = yield* findExisting(input);
  if (existing !== null) return existing;
  const { flowRun, labels } = yield* readAround(input.flowRunId ?? null);
  const made = yield* taskRunCreation(ctx, {
    row: newRow(input, labels),
    flowRun,
    state: input.state,
  });
  return { taskRun: made.run, state: made.state, created: true };
}

/** Makes a task run, or gives back the one with the same keys; CONFLICT when its flow run is missing. */
export const createTaskRun = async (
  ctx: Context,
  input: CreateTaskRun,
): Promise<CreatedTaskRun> => {
  try {
    return await ctx.db.write(() => taskRunToCreate(ctx, input));
  } catch (error) {
    // Somebody else may make the same run at once; the one that lost finds the other's, if it is the same run.
    const isRepeat = isServerError(error, 'CONFLICT') && error.details['constraint'] === 'unique';
    const existing = isRepeat ? await ctx.db.write(() => findExisting(input)) : null;
    if (existing === null) throw error;
    return existing;
  }
};
