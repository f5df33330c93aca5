import type { FlowRunRow } from '#prisma/tables.ts';
import { type Script, one, run } from '#server/db/script.ts';
import { FLOW_RUN_COLUMNS, insertFlowRun, insertFlowRunState } from '#server/db/sql/insert-run.ts';
import {
  type FlowRunSurroundings,
  type LockedFlowRun,
  lockFlowRun,
} from '#server/db/sql/lock-flow-run.ts';
import { updateRun } from '#server/db/sql/row-writes.ts';
import { notFound } from '#server/errors.ts';
import { recordChange } from '#server/events/record.ts';
import { nowMicros } from '#server/time.ts';

import { type ClientInfo, UNKNOWN_CLIENT } from './client-info.ts';
import { changedColumns, currentState, missesItsState, pickColumns } from './current-state.ts';
import {
  coreFlowPolicy,
  globalFlowTransforms,
  markLatePolicy,
  minimalFlowPolicy,
} from './flow-run-policies.ts';
import { deploymentTerms, relatedData } from './flow-run-surroundings.ts';
import { storeResult } from './result-artifact.ts';
import type { FlowRunMoment, OrchestrationContext, Rule } from './rule.ts';
import type { ProposedState, State } from './states.ts';
import { type Transition, runTransition } from './transition.ts';

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
  settings: ctx.settings,
  deployment: deploymentTerms(surroundings),
  related: relatedData(row, surroundings),
});

function* writeState(moment: FlowRunMoment, state: State): Script<void> {
  const flowRunId = moment.run.id;
  const now = nowMicros();
  const resultArtifactId = yield* storeResult(state.data, { flowRunId, taskRunId: null });
  yield* run(
    insertFlowRunState({
      ...state,
      created: now,
      updated: now,
      flowRunId,
      stateDetails: state.details,
      data: null,
      resultArtifactId,
    }),
  );
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
  const transition = yield* runTransition(moment, {
    proposed,
    rules: rulesFor(policy),
    write: writeState,
  });
  const changes = changedColumns(before, transition.run);
  if (Object.keys(changes).length === 0) return transition;
  const updated = nowMicros();
  yield* run(updateRun('flow_run', flowRunId, { ...changes, updated }));
  yield* recordChange({ topic: 'flow-run', kind: 'updated', entityId: flowRunId, flowRunId });
  return { ...transition, run: { ...transition.run, updated } };
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
    yield* run(insertFlowRun(row));
    yield* recordChange(change);
    return { status: 'ACCEPT', details: { type: 'accept_details' }, state: null, run: row };
  }
  const moment = { ...momentOf(ctx, row, surroundings), initial: null, client };
  const transition = yield* runTransition(moment, {
    proposed: state,
    rules: rulesFor('minimal'),
    write: function* (decided, validated) {
      // The state's row points to the run's, which therefore comes first and is complete at once.
      yield* run(insertFlowRun(decided.run));
      yield* writeState(decided, validated);
    },
  });
  yield* recordChange(change);
  return transition;
}
