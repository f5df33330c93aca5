import type { TaskRunRow } from '#prisma/tables.ts';
import { type Script, one } from '#server/db/script.ts';
import { TASK_RUN_COLUMNS, insertTaskRun, insertTaskRunState } from '#server/db/sql/insert-run.ts';
import { type LockedTaskRun, lockTaskRun } from '#server/db/sql/lock-task-run.ts';
import { updateRun } from '#server/db/sql/row-writes.ts';
import type { Part } from '#server/db/sql/run-together.ts';
import { notFound } from '#server/errors.ts';
import { nowMicros } from '#server/time.ts';

import { type ClientInfo, UNKNOWN_CLIENT } from './client-info.ts';
import { changedColumns, currentState, missesItsState, pickColumns } from './current-state.ts';
import { storeResult } from './result-artifact.ts';
import type { EnclosingFlowRun, OrchestrationContext, Rule, TaskRunMoment } from './rule.ts';
import { isDetailTrue } from './state-details.ts';
import type { ProposedState } from './states.ts';
import {
  backgroundTaskPolicy,
  coreTaskPolicy,
  globalTaskTransforms,
  minimalTaskPolicy,
} from './task-run-policies.ts';
import { type Decision, type Transition, runTransition } from './transition.ts';
import { writeRun } from './write-run.ts';

export type TaskRunTransition = Transition<TaskRunRow>;

const POLICIES = { core: coreTaskPolicy, minimal: minimalTaskPolicy } as const;

type TaskRunPolicyName = keyof typeof POLICIES;

export interface TaskRunTransitionInput {
  readonly taskRunId: string;
  readonly proposed: ProposedState;
  readonly policy?: TaskRunPolicyName;
  readonly client?: ClientInfo;
}

/** A task run with its state and the flow run around it, kept for this transaction; null when there is none. */
export function* readLockedTaskRun(taskRunId: string): Script<LockedTaskRun | null> {
  const row = yield* one(lockTaskRun(taskRunId));
  return row !== null && missesItsState(row) ? yield* one(lockTaskRun(taskRunId)) : row;
}

const enclosingFlowRun = (row: LockedTaskRun): EnclosingFlowRun | null => {
  const { enclosingId, enclosingRunCount, enclosingStateType, enclosingStateDetails } = row;
  if (enclosingId === null) return null;
  return {
    id: enclosingId,
    runCount: enclosingRunCount ?? 0,
    state:
      enclosingStateType === null
        ? null
        : { type: enclosingStateType, details: enclosingStateDetails ?? {} },
  };
};

/** The task run alone, without what was read along with it. */
export const taskRunOf = (row: LockedTaskRun): TaskRunRow => pickColumns(row, TASK_RUN_COLUMNS);

/** The write of the state that a task run enters. */
function* stateParts({ run, written }: Decision<TaskRunRow>): Script<readonly Part[]> {
  if (written === null) return [];
  const { id: taskRunId, flowRunId } = run;
  const now = nowMicros();
  const resultArtifactId = yield* storeResult(written.data, { flowRunId, taskRunId });
  const row = {
    ...written,
    created: now,
    updated: now,
    taskRunId,
    stateDetails: written.details,
    data: null,
    resultArtifactId,
  };
  return [{ name: 'state', query: insertTaskRunState(row) }];
}

const rulesFor = (
  policy: TaskRunPolicyName,
  proposed: ProposedState,
): readonly Rule<TaskRunMoment>[] => [
  ...(isDetailTrue(proposed, 'deferred') ? backgroundTaskPolicy : POLICIES[policy]),
  ...globalTaskTransforms,
];

/** Proposes a state to a task run, whose rules decide; everything that follows is written in the same transaction. */
export function* taskRunTransition(
  ctx: OrchestrationContext,
  { taskRunId, proposed, policy = 'core', client = UNKNOWN_CLIENT }: TaskRunTransitionInput,
): Script<TaskRunTransition> {
  const row = yield* readLockedTaskRun(taskRunId);
  if (row === null) throw notFound('Task run', taskRunId);
  const before = taskRunOf(row);
  const moment: TaskRunMoment = {
    run: before,
    initial: currentState(row),
    client,
    ctx,
    flowRun: enclosingFlowRun(row),
  };
  const { written, ...transition } = yield* runTransition(moment, {
    proposed,
    rules: rulesFor(policy, proposed),
  });
  const changes = changedColumns(before, transition.run);
  if (Object.keys(changes).length === 0) return transition;
  const run = { ...transition.run, updated: nowMicros() };
  const { updated, flowRunId } = run;
  yield* writeRun(ctx, {
    parts: [
      { name: 'run', query: updateRun('task_run', taskRunId, { ...changes, updated }) },
      ...(yield* stateParts({ ...transition, run, written })),
    ],
    change: { topic: 'task-run', kind: 'updated', entityId: taskRunId, flowRunId },
  });
  return { ...transition, run };
}

export interface NewTaskRun {
  readonly row: TaskRunRow;
  readonly flowRun: EnclosingFlowRun | null;
  readonly state: ProposedState | null;
}

/** Inserts a task run, in its first state where it has one: nobody can have an objection to that. */
export function* taskRunCreation(
  ctx: OrchestrationContext,
  { row, flowRun, state }: NewTaskRun,
): Script<TaskRunTransition> {
  const moment: TaskRunMoment = {
    run: row,
    initial: null,
    client: UNKNOWN_CLIENT,
    ctx,
    flowRun,
  };
  const change = {
    topic: 'task-run',
    kind: 'created',
    entityId: row.id,
    flowRunId: row.flowRunId,
  } as const;
  if (state === null) {
    yield* writeRun(ctx, { parts: [{ name: 'run', query: insertTaskRun(row) }], change });
    return { status: 'ACCEPT', details: { type: 'accept_details' }, state: null, run: row };
  }
  const decision = yield* runTransition(moment, {
    proposed: state,
    rules: rulesFor('minimal', state),
  });
  yield* writeRun(ctx, {
    parts: [
      // The state's row points to the run's, which therefore comes first and is complete at once.
      { name: 'run', query: insertTaskRun(decision.run) },
      ...(yield* stateParts(decision)),
    ],
    change,
  });
  const { written: _written, ...transition } = decision;
  return transition;
}
