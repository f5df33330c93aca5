import type { Context } from '#server/context.ts';
import { ServerError, notFound } from '#server/errors.ts';
import type { ClientInfo } from '#server/orchestration/client-info.ts';
import { currentState } from '#server/orchestration/current-state.ts';
import {
  type FlowRunTransition,
  flowRunTransition,
  readLockedFlowRun,
} from '#server/orchestration/flow-run-transition.ts';
import { awaitingRetry, cancelling, paused } from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import { isTerminal } from '#server/orchestration/states.ts';
import { addSeconds, formatInstant, nowMicros } from '#server/time.ts';

export interface SteerFlowRun {
  readonly flowRunId: string;
  /** Said of the state that follows. */
  readonly message?: string | null;
  readonly client?: ClientInfo;
}

const byClient = ({ client }: SteerFlowRun): { readonly client?: ClientInfo } =>
  client === undefined ? {} : { client };

/** Asks for the end of a flow run; one that runs nowhere is cancelled at once. */
export const cancelFlowRun = (ctx: Context, input: SteerFlowRun): Promise<FlowRunTransition> =>
  setFlowRunState(ctx, {
    flowRunId: input.flowRunId,
    proposed: { ...cancelling(), message: input.message ?? null },
    ...byClient(input),
  });

/** Stops a running flow run of a deployment, which starts again from its beginning once it is resumed in time. */
export const suspendFlowRun = (
  ctx: Context,
  input: SteerFlowRun & { readonly timeoutSeconds?: number },
): Promise<FlowRunTransition> => {
  const timeout = formatInstant(addSeconds(nowMicros(), input.timeoutSeconds ?? 3600));
  const proposed = paused('Suspended', { timeout, isRescheduled: true });
  return setFlowRunState(ctx, {
    flowRunId: input.flowRunId,
    proposed: { ...proposed, message: input.message ?? null },
    ...byClient(input),
  });
};

/** Lets a flow run that has ended be run once more by its deployment; CONFLICT while it has not. */
export const retryFlowRun = (ctx: Context, input: SteerFlowRun): Promise<FlowRunTransition> =>
  ctx.db.write(function* () {
    const { flowRunId, message = null } = input;
    const row = yield* readLockedFlowRun(flowRunId);
    if (row === null) throw notFound('Flow run', flowRunId);
    const state = currentState(row);
    if (state !== null && !isTerminal(state.type)) {
      throw new ServerError('CONFLICT', 'Only a flow run that has ended can be retried.', {
        details: { currentId: flowRunId },
      });
    }
    const proposed = awaitingRetry({ at: nowMicros(), message });
    return yield* flowRunTransition(ctx, { flowRunId, proposed, ...byClient(input) });
  });
