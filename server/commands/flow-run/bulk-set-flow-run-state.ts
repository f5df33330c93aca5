import type { Context } from '#server/context.ts';
import { toError } from '#server/errors.ts';
import type { ClientInfo } from '#server/orchestration/client-info.ts';
import type { TransitionStatus } from '#server/orchestration/rule.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import type { ProposedState, State } from '#server/orchestration/states.ts';
import type { TransitionDetails } from '#server/orchestration/transition.ts';

export interface BulkSetFlowRunState {
  readonly flowRunIds: readonly string[];
  readonly proposed: ProposedState;
  readonly force?: boolean;
  readonly client?: ClientInfo;
}

export interface BulkTransition {
  readonly flowRunId: string;
  readonly status: TransitionStatus;
  readonly state: State | null;
  readonly details: TransitionDetails;
}

/** Proposes one state to several flow runs, each on its own: what goes wrong with one is an ABORT of that one. */
export const bulkSetFlowRunState = (
  ctx: Context,
  { flowRunIds, ...input }: BulkSetFlowRunState,
): Promise<readonly BulkTransition[]> =>
  Promise.all(
    flowRunIds.map(async (flowRunId) => {
      try {
        const { status, state, details } = await setFlowRunState(ctx, { ...input, flowRunId });
        return { flowRunId, status, state, details };
      } catch (error) {
        const reason = toError(error).message;
        ctx.log.warn({ err: error, flowRunId }, 'A state of many could not be set.');
        return {
          flowRunId,
          status: 'ABORT' as const,
          state: null,
          details: { type: 'abort_details' as const, reason },
        };
      }
    }),
  );
