import { type Script, one } from '#server/db/script.ts';
import type { FoundFlowRun } from '#server/db/sql/read-stuck-flow-runs.ts';
import type { Query } from '#server/db/statement.ts';
import {
  type FlowRunPolicyName,
  flowRunOf,
  flowRunTransition,
  readLockedFlowRun,
} from '#server/orchestration/flow-run-transition.ts';
import type { OrchestrationContext } from '#server/orchestration/rule.ts';
import type { ProposedState } from '#server/orchestration/states.ts';

interface LeaveFoundState {
  readonly found: FoundFlowRun;
  readonly proposed: ProposedState;
  readonly policy: FlowRunPolicyName;
  /** A query whose rows speak against it. */
  readonly unless?: Query<unknown>;
}

/** Proposes a state to a run that is still in the state it was found in, and tells whether it took it. */
export function* leaveFoundState(
  ctx: OrchestrationContext,
  { found, proposed, policy, unless }: LeaveFoundState,
): Script<boolean> {
  const locked = yield* readLockedFlowRun(found.id);
  if (locked === null || flowRunOf(locked).stateId !== found.stateId) return false;
  if (unless !== undefined && (yield* one(unless)) !== null) return false;
  const { status } = yield* flowRunTransition(ctx, { flowRunId: found.id, proposed, policy });
  return status === 'ACCEPT';
}
