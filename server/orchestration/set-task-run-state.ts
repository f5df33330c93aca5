import type { Context } from '#server/context.ts';

import type { ClientInfo } from './client-info.ts';
import type { ProposedState } from './states.ts';
import { type TaskRunTransition, taskRunTransition } from './task-run-transition.ts';

export interface SetTaskRunState {
  readonly taskRunId: string;
  readonly proposed: ProposedState;
  /** Leaves only those rules that protect what cannot be had back. */
  readonly force?: boolean;
  readonly client?: ClientInfo;
}

/** Proposes a state to a task run and tells what became of it; NOT_FOUND when there is no such run. */
export const setTaskRunState = (
  ctx: Context,
  { force = false, ...input }: SetTaskRunState,
): Promise<TaskRunTransition> =>
  ctx.db.write(() => taskRunTransition(ctx, { ...input, policy: force ? 'minimal' : 'core' }));
