import type { Context } from '#server/context.ts';
import { one, rows } from '#server/db/script.ts';
import {
  countLateRuns,
  countQueueSlots,
  readQueueSlotHolders,
} from '#server/db/sql/work-queue-slots.ts';
import { json } from '#server/json.ts';
import { readWorkQueue } from '#server/queries/work-queue/read-work-queue.ts';
import { formatOptionalInstant, nowMicros, secondsBetween } from '#server/time.ts';

import {
  workQueueConcurrencyStatusAnswer,
  workQueueStatusDetailAnswer,
} from './answers/work-queue.ts';
import { parametersBody } from './body.ts';
import { notFoundException } from './not-found.ts';
import { limit, limitWithin, pageNumber } from './page.ts';
import { answer, refusal } from './reply.ts';
import { type Route, route } from './route.ts';
import { slotHolderToWire } from './work-pool-slots.ts';

const HEALTH = { maximum_late_runs: 0, maximum_seconds_since_last_polled: 60 };

const statusRoute = (ctx: Context): Route =>
  route({
    method: 'GET',
    path: '/work_queues/{id:uuid}/status',
    answers: workQueueStatusDetailAnswer,
    handle: async ({ param }) => {
      const id = param('id');
      const queue = await readWorkQueue(ctx, id);
      if (queue === null) return notFoundException(`Work queue with id ${id} not found`);
      const late = await ctx.db.read(() => one(countLateRuns(id)));
      const lateRuns = late?.total ?? 0;
      const { lastPolled } = queue;
      const isPolled =
        lastPolled !== null &&
        secondsBetween(lastPolled, nowMicros()) <= HEALTH.maximum_seconds_since_last_polled;
      return answer({
        healthy: isPolled && lateRuns <= HEALTH.maximum_late_runs,
        late_runs_count: lateRuns,
        last_polled: formatOptionalInstant(lastPolled),
        health_check_policy: HEALTH,
      });
    },
  });

const concurrencyRoute = (ctx: Context): Route =>
  route({
    method: 'POST',
    path: '/work_queues/{id:uuid}/concurrency_status',
    answers: workQueueConcurrencyStatusAnswer,
    body: parametersBody({ page: pageNumber, limit }),
    handle: async ({ body, param }) => {
      const size = limitWithin(body.limit, ctx.settings.api.defaultLimit);
      const queue = await readWorkQueue(ctx, param('id'));
      if (queue === null) return refusal(404, 'Work queue not found.');
      const { held, runs } = await ctx.db.read(function* () {
        const counted = yield* one(countQueueSlots(json([queue.id])));
        return {
          held: counted?.heldOrCancelling ?? 0,
          runs: yield* rows(readQueueSlotHolders(queue.id, size, (body.page - 1) * size)),
        };
      });
      const now = nowMicros();
      return answer({
        active_slots: held,
        concurrency_limit: queue.concurrencyLimit,
        flow_runs: runs.map((run) => slotHolderToWire(run, now)),
        count: held,
        limit: size,
        pages: size === 0 ? 0 : Math.ceil(held / size),
        page: body.page,
      });
    },
  });

/** How queues are doing. */
export const workQueueStatusRoutes = (ctx: Context): readonly Route[] => [
  concurrencyRoute(ctx),
  statusRoute(ctx),
];
