import { type Script, announce, rows } from '#server/db/script.ts';
import { rouseAwaitingRuns } from '#server/db/sql/rouse-awaiting-runs.ts';
import { recordChange } from '#server/events/record.ts';
import { nowMicros } from '#server/time.ts';

import { QUEUED_FLOW_RUN } from './announce-queued-run.ts';

/** Makes the runs that have waited longest for slots of their deployment's limit due at once, as many as got free. */
export function* rouseWaitingRuns(limitId: string, slots: number): Script<void> {
  const now = nowMicros();
  const roused = yield* rows(rouseAwaitingRuns(now, now, limitId, now, slots));
  for (const { id, workQueueId, deploymentId } of roused) {
    yield* recordChange({ topic: 'flow-run', kind: 'updated', entityId: id, flowRunId: id });
    if (workQueueId !== null) yield* announce(QUEUED_FLOW_RUN, workQueueId);
    yield* announce(QUEUED_FLOW_RUN, deploymentId);
  }
}
