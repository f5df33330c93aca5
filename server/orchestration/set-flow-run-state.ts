import type { Context } from '#server/context.ts';

import type { ClientInfo } from './client-info.ts';
import { type FlowRunTransition, flowRunTransition } from './flow-run-transition.ts';
import type { ProposedState } from './states.ts';

export interface SetFlowRunState {
  readonly flowRunId: string;
  readonly proposed: ProposedState;
  /** Leaves only those rules that protect what cannot be had back. */
  readonly force?: boolean;
  readonly client?: ClientInfo;
}

/** Proposes a state to a flow run and tells what became of it; NOT_FOUND when there is no such run. */
export const setFlowRunState = (
  ctx: Context,
  { force = false, ...input }: SetFlowRunState,
): Promise<FlowRunTransition> =>
  ctx.db.write(() => flowRunTransition(ctx, { ...input, policy: force ? 'minimal' : 'core' }));
