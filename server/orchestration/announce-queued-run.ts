import { type Script, announce } from '#server/db/script.ts';

/** What those listen to who are handed flow runs; the key is the id of a work queue or a deployment. */
export const QUEUED_FLOW_RUN = 'queued-flow-run';

/** What those listen to who can stop flow runs; the key is the id of a work queue. */
export const CANCELLING_FLOW_RUN = 'cancelling-flow-run';

const HOLDS_A_SLOT: ReadonlySet<string | null> = new Set(['PENDING', 'RUNNING', 'CANCELLING']);

interface Queued {
  readonly workQueueId: string | null;
  readonly deploymentId: string | null;
  readonly stateType: string | null;
}

/** Tells those who wait for runs of a queue that one came into it, that a slot became free, or that one is to stop. */
export function* announceQueuedRun(before: Queued | null, after: Queued): Script<void> {
  const { workQueueId, deploymentId, stateType } = after;
  const frees = HOLDS_A_SLOT.has(before?.stateType ?? null) && !HOLDS_A_SLOT.has(stateType);
  if (stateType === 'SCHEDULED' || frees) {
    if (workQueueId !== null) yield* announce(QUEUED_FLOW_RUN, workQueueId);
    if (deploymentId !== null) yield* announce(QUEUED_FLOW_RUN, deploymentId);
  }
  if (stateType === 'CANCELLING' && workQueueId !== null)
    yield* announce(CANCELLING_FLOW_RUN, workQueueId);
}
