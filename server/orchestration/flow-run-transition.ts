import type { FlowRunRow } from '#prisma/tables.ts';
import { type Script, announce, one } from '#server/db/script.ts';
import { FLOW_RUN_COLUMNS, insertFlowRun, insertFlowRunState } from '#server/db/sql/insert-run.ts';
import {
  type FlowRunSurroundings,
  type LockedFlowRun,
  lockFlowRun,
} from '#server/db/sql/lock-flow-run.ts';
import { updateRun } from '#server/db/sql/row-writes.ts';
import type { Part } from '#server/db/sql/run-together.ts';
import { notFound } from '#server/errors.ts';
import { flowRunEventParts } from '#server/events/flow-run-events.ts';
import { nowMicros } from '#server/time.ts';

import { announceQueuedRun } from './announce-queued-run.ts';
import { type ClientInfo, UNKNOWN_CLIENT } from './client-info.ts';
import { changedColumns, currentState, missesItsState, pickColumns } from './current-state.ts';
import {
  coreFlowPolicy,
  globalFlowTransforms,
  markLatePolicy,
  minimalFlowPolicy,
} from './flow-run-policies.ts';
import { deploymentTerms, queueTerms, relatedData } from './flow-run-surroundings.ts';
import { storeResult } from './result-artifact.ts';
import type { FlowRunMoment, OrchestrationContext, Rule } from './rule.ts';
import type { ProposedState } from './states.ts';
import { type Decision, type Transition, runTransition } from './transition.ts';
import { writeRun } from './write-run.ts';

export type FlowRunTransition = Transition<FlowRunRow>;

const POLICIES = {
  core: coreFlowPolicy,
  minimal: minimalFlowPolicy,
  'mark-late': markLatePolicy,
} as const;

export type FlowRunPolicyName = keyof typeof POLICIES;

export interface FlowRunTransitionInput {
  readonly flowRunId: string;
  readonly proposed: ProposedState;
  readonly policy?: FlowRunPolicyName;
  readonly client?: ClientInfo;
}

/** A flow run with its state and surroundings, kept for this transaction; null when there is none. */
export function* readLockedFlowRun(flowRunId: string): Script<LockedFlowRun | null> {
  const row = yield* one(lockFlowRun(flowRunId));
  return row !== null && missesItsState(row) ? yield* one(lockFlowRun(flowRunId)) : row;
}

/** The flow run alone, without what was read along with it. */
export const flowRunOf = (row: LockedFlowRun): FlowRunRow => pickColumns(row, FLOW_RUN_COLUMNS);

const momentOf = (
  ctx: OrchestrationContext,
  row: FlowRunRow,
  surroundings: FlowRunSurroundings,
): Omit<FlowRunMoment, 'initial' | 'client'> => ({
  run: row,
  ctx,
  deployment: deploymentTerms(surroundings),
  queue: queueTerms(surroundings),
  related: relatedData(row, surroundings),
});

/** The writes of the state that a flow run enters, and of the event that tells of it. */
function* stateParts(
  moment: FlowRunMoment,
  { run, written }: Decision<FlowRunRow>,
): Script<readonly Part[]> {
  if (written === null) return [];
  const flowRunId = run.id;
  const now = nowMicros();
  const resultArtifactId = yield* storeResult(written.data, { flowRunId, taskRunId: null });
  const row = {
    ...written,
    created: now,
    updated: now,
    flowRunId,
    stateDetails: written.details,
    data: null,
    resultArtifactId,
  };
  const { initial, related } = moment;
  return [
    { name: 'state', query: insertFlowRunState(row) },
    ...flowRunEventParts({ run, initial, validated: written, related }),
  ];
}

/** Wakes those who follow events, once there is a new one. */
function* announceEvent({ run, written }: Decision<FlowRunRow>): Script<void> {
  if (written !== null) yield* announce('event', `prefect.flow-run.${run.id}`);
}

const rulesFor = (policy: FlowRunPolicyName): readonly Rule<FlowRunMoment>[] => [
  ...POLICIES[policy],
  ...globalFlowTransforms,
];

/** Proposes a state to a flow run, whose rules decide; everything that follows is written in the same transaction. */
export function* flowRunTransition(
  ctx: OrchestrationContext,
  { flowRunId, proposed, policy = 'core', client = UNKNOWN_CLIENT }: FlowRunTransitionInput,
): Script<FlowRunTransition> {
  const row = yield* readLockedFlowRun(flowRunId);
  if (row === null) throw notFound('Flow run', flowRunId);
  const before = flowRunOf(row);
  const moment = { ...momentOf(ctx, before, row), initial: currentState(row), client };
  const { written, ...transition } = yield* runTransition(moment, {
    proposed,
    rules: rulesFor(policy),
  });
  const changes = changedColumns(before, transition.run);
  if (Object.keys(changes).length === 0) return transition;
  const run = { ...transition.run, updated: nowMicros() };
  const { updated } = run;
  const decision = { ...transition, run, written };
  yield* writeRun(ctx, {
    parts: [
      { name: 'run', query: updateRun('flow_run', flowRunId, { ...changes, updated }) },
      ...(yield* stateParts(moment, decision)),
    ],
    change: { topic: 'flow-run', kind: 'updated', entityId: flowRunId, flowRunId },
  });
  yield* announceEvent(decision);
  yield* announceQueuedRun(before, run);
  return { ...transition, run };
}

export interface NewFlowRun {
  readonly row: FlowRunRow;
  readonly surroundings: FlowRunSurroundings;
  readonly state: ProposedState | null;
  readonly client?: ClientInfo;
}

/** Inserts a flow run, in its first state where it has one, with what follows from entering it. */
export function* flowRunCreation(
  ctx: OrchestrationContext,
  { row, surroundings, state, client = UNKNOWN_CLIENT }: NewFlowRun,
): Script<FlowRunTransition> {
  const change = {
    topic: 'flow-run',
    kind: 'created',
    entityId: row.id,
    flowRunId: row.id,
  } as const;
  if (state === null) {
    yield* writeRun(ctx, { parts: [{ name: 'run', query: insertFlowRun(row) }], change });
    return { status: 'ACCEPT', details: { type: 'accept_details' }, state: null, run: row };
  }
  const moment = { ...momentOf(ctx, row, surroundings), initial: null, client };
  const decision = yield* runTransition(moment, { proposed: state, rules: rulesFor('minimal') });
  yield* writeRun(ctx, {
    parts: [
      // The state's row points to the run's, which therefore comes first and is complete at once.
      { name: 'run', query: insertFlowRun(decision.run) },
      ...(yield* stateParts(moment, decision)),
    ],
    change,
  });
  yield* announceEvent(decision);
  yield* announceQueuedRun(null, decision.run);
  const { written: _written, ...transition } = decision;
  return transition;
}
