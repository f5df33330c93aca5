import { type Script, rows, run as keep } from '#server/db/script.ts';
import { countOtherLeasedFlowRuns } from '#server/db/sql/delivery-statements.ts';
import { countPoolSlots } from '#server/db/sql/work-pool-poll.ts';
import { keepPoolSlots } from '#server/db/sql/work-pool-rows.ts';
import { nowMicros } from '#server/time.ts';

import { ACCEPT, type FlowRunMoment, type QueueTerms, type Rule, abort, states } from '../rule.ts';

const isFull = (limit: number | null, taken: number): boolean => limit !== null && taken >= limit;

/** How many slots of a pool and of one of its queues other runs have, counted while nobody else takes any. */
function* takenSlots({ poolId, queueId }: QueueTerms, flowRunId: string): Script<Taken> {
  yield* keep(keepPoolSlots(poolId));
  const held = yield* rows(countPoolSlots(poolId));
  const leased = yield* rows(countOtherLeasedFlowRuns(poolId, nowMicros(), flowRunId));
  const counts = [...held, ...leased];
  const sum = (of: typeof counts): number => of.reduce((total, count) => total + count.total, 0);
  return {
    ofPool: sum(counts),
    ofQueue: sum(counts.filter(({ workQueueId }) => workQueueId === queueId)),
  };
}

interface Taken {
  readonly ofPool: number;
  readonly ofQueue: number;
}

/**
 * Keeps the limits of work pools and queues when several workers were offered the last slots by polls of one moment:
 * who comes too late leaves the run in its queue. Prefect has no such rule and lets them all go ahead.
 */
export const keepWorkPoolLimits: Rule<FlowRunMoment> = {
  name: 'KeepWorkPoolLimits',
  from: states('SCHEDULED'),
  to: states('PENDING'),
  before: function* ({ run, queue }) {
    if (queue === null || (queue.poolLimit === null && queue.queueLimit === null)) return ACCEPT;
    const { ofPool, ofQueue } = yield* takenSlots(queue, run.id);
    if (isFull(queue.poolLimit, ofPool))
      return abort(`All ${queue.poolLimit} slots of work pool "${queue.poolName}" are taken.`);
    if (isFull(queue.queueLimit, ofQueue))
      return abort(`All ${queue.queueLimit} slots of work queue "${queue.queueName}" are taken.`);
    return ACCEPT;
  },
};
