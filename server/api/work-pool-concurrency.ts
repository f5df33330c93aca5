import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import { listWorkQueuesOfPool } from '#server/db/sql/work-queue-rows.ts';
import { countQueueSlots, readPoolSlotHolders } from '#server/db/sql/work-queue-slots.ts';
import { json } from '#server/json.ts';
import { readWorkPoolByName } from '#server/queries/work-pool/read-work-pool.ts';
import { nowMicros } from '#server/time.ts';

import { workPoolConcurrencyStatusAnswer } from './answers/work-pool.ts';
import { parametersBody } from './body.ts';
import { limit, limitWithin, pageNumber } from './page.ts';
import { answer, refuseRequest } from './reply.ts';
import { type Route, route } from './route.ts';
import { integer } from './wire/pydantic/number.ts';
import { slotHolderToWire } from './work-pool-slots.ts';

/** Who holds the slots of a pool, queue by queue. */
export const workPoolConcurrencyRoute = (ctx: Context): Route =>
  route({
    method: 'POST',
    path: '/work_pools/{name}/concurrency_status',
    answers: workPoolConcurrencyStatusAnswer,
    body: parametersBody({
      page: pageNumber,
      limit,
      flow_run_limit: integer({ atLeast: 0, atMost: 200 }).default(10),
    }),
    handle: async ({ body, param }) => {
      const size = limitWithin(body.limit, ctx.settings.api.defaultLimit);
      const pool = await readWorkPoolByName(ctx, param('name'));
      if (pool === null) throw refuseRequest(404, `Work pool '${param('name')}' not found.`);
      const { queues, held, holders } = await ctx.db.read(function* () {
        const all = yield* rows(listWorkQueuesOfPool(pool.id));
        const counts = yield* rows(countQueueSlots(json(all.map(({ id }) => id))));
        const onPage = all.slice((body.page - 1) * size, body.page * size);
        const runs = [];
        for (const { id } of onPage) {
          runs.push(...(yield* rows(readPoolSlotHolders(id, body.flow_run_limit))));
        }
        return {
          queues: { all, onPage },
          held: new Map(counts.map((row) => [row.workQueueId, row.held])),
          holders: Map.groupBy(runs, ({ workQueueId }) => workQueueId),
        };
      });
      const now = nowMicros();
      return answer({
        active_slots: [...held.values()].reduce((sum, count) => sum + count, 0),
        concurrency_limit: pool.concurrencyLimit,
        queues: queues.onPage.map((queue) => ({
          queue_id: queue.id,
          queue_name: queue.name,
          active_slots: held.get(queue.id) ?? 0,
          concurrency_limit: queue.concurrencyLimit,
          flow_runs: (holders.get(queue.id) ?? []).map((run) => slotHolderToWire(run, now)),
          flow_run_count: held.get(queue.id) ?? 0,
        })),
        count: queues.all.length,
        limit: size,
        pages: size === 0 ? 0 : Math.ceil(queues.all.length / size),
        page: body.page,
      });
    },
  });
