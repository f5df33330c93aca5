import type { WorkPoolRow, WorkQueueRow } from '#prisma/tables.ts';
import { POLL_NOTE_SECONDS } from '#server/commands/deployment/mark-deployments-ready.ts';
import type { Context } from '#server/context.ts';
import { run } from '#server/db/script.ts';
import { markQueuesPolled } from '#server/db/sql/work-pool-poll.ts';
import { recordChange } from '#server/events/record.ts';
import { json } from '#server/json.ts';
import { nowMicros, secondsBetween } from '#server/time.ts';

import { recordWorkQueueEvent } from './work-queue-events.ts';

/** Notes that a worker asked for the runs of queues, which makes those ready that were not. */
export const recordWorkQueuePolls = async (
  ctx: Context,
  { pool, queues }: { readonly pool: WorkPoolRow; readonly queues: readonly WorkQueueRow[] },
): Promise<void> => {
  const now = nowMicros();
  const stale = queues.filter(
    ({ status, lastPolled }) =>
      status === 'NOT_READY' ||
      lastPolled === null ||
      secondsBetween(lastPolled, now) > POLL_NOTE_SECONDS,
  );
  if (stale.length === 0) return;
  await ctx.db.write(function* () {
    yield* run(markQueuesPolled(now, now, json(stale.map(({ id }) => id))));
    for (const queue of stale) {
      if (queue.status !== 'NOT_READY') continue;
      yield* recordWorkQueueEvent({ queue, pool, action: 'ready' });
      yield* recordChange({ topic: 'work-queue', kind: 'updated', entityId: queue.id });
    }
  });
};
