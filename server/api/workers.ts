import { z } from 'zod';

import type { WorkerRow } from '#prisma/tables.ts';
import { workPoolNotFound } from '#server/commands/work-queue/not-found.ts';
import { deleteWorker } from '#server/commands/worker/delete-worker.ts';
import { recordWorkerHeartbeat } from '#server/commands/worker/record-worker-heartbeat.ts';
import { onlineSince } from '#server/commands/worker/worker-status.ts';
import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import { listWorkersOfPool } from '#server/db/sql/worker-heartbeat.ts';
import { readWorkPoolByName } from '#server/queries/work-pool/read-work-pool.ts';
import { nowMicros } from '#server/time.ts';

import { workerAnswer } from './answers/work-pool.ts';
import { parametersBody } from './body.ts';
import { limit, limitWithin, offset } from './page.ts';
import { answer, noContent } from './reply.ts';
import { type Route, route } from './route.ts';
import { columnInteger } from './wire/column-integer.ts';
import { optional } from './wire/filters/criteria.ts';
import { text } from './wire/pydantic/scalar.ts';
import { workerFilter, workerToWire } from './wire/worker.ts';

type Filter = ReturnType<typeof workerFilter.parse>;
type Shown = ReturnType<typeof workerToWire>;
type Criterion = (worker: WorkerRow, shown: Shown) => boolean;

const criteriaOf = ({ last_heartbeat_time: heartbeat, status }: Filter): readonly Criterion[] => {
  const { before_: before, after_: after } = heartbeat ?? {};
  const { any_: any, not_any_: none } = status ?? {};
  const criteria: Criterion[] = [];
  if (before) criteria.push(({ lastHeartbeatTime }) => lastHeartbeatTime <= before);
  if (after) criteria.push(({ lastHeartbeatTime }) => lastHeartbeatTime >= after);
  if (any) criteria.push((_, shown) => any.includes(shown.status));
  if (none && none.length > 0) criteria.push((_, shown) => !none.includes(shown.status));
  return criteria;
};

const isAdmitted = (filter: Filter | undefined, worker: WorkerRow, shown: Shown): boolean => {
  const criteria = filter === undefined ? [] : criteriaOf(filter);
  if (criteria.length === 0) return true;
  return filter?.operator === 'or_'
    ? criteria.some((holds) => holds(worker, shown))
    : criteria.every((holds) => holds(worker, shown));
};

/** What clients ask about the workers of a pool. */
export const workerRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/work_pools/{work_pool_name}/workers/heartbeat',
    status: 204,
    body: parametersBody({ name: text(), heartbeat_interval_seconds: optional(columnInteger()) }),
    handle: async ({ body, param }) => {
      await recordWorkerHeartbeat(ctx, {
        workPoolName: param('work_pool_name'),
        name: body.name,
        heartbeatIntervalSeconds: body.heartbeat_interval_seconds ?? undefined,
      });
      return noContent;
    },
  }),
  route({
    method: 'POST',
    path: '/work_pools/{work_pool_name}/workers/filter',
    answers: z.array(workerAnswer),
    body: parametersBody({ workers: workerFilter.optional(), limit, offset }),
    handle: async ({ body, param }) => {
      const size = limitWithin(body.limit, ctx.settings.api.defaultLimit);
      const pool = await readWorkPoolByName(ctx, param('work_pool_name'));
      if (pool === null) throw workPoolNotFound(param('work_pool_name'));
      const moment = { rule: onlineSince(ctx.settings), now: nowMicros() };
      const workers = await ctx.db.read(() => rows(listWorkersOfPool(pool.id)));
      const shown = workers
        .map((worker) => ({ worker, wire: workerToWire(worker, moment) }))
        .filter(({ worker, wire }) => isAdmitted(body.workers, worker, wire))
        .slice(body.offset, body.offset + size);
      return answer(shown.map(({ wire }) => wire));
    },
  }),
  route({
    method: 'DELETE',
    path: '/work_pools/{work_pool_name}/workers/{name}',
    status: 204,
    handle: async ({ param }) => {
      await deleteWorker(ctx, { workPoolName: param('work_pool_name'), name: param('name') });
      return noContent;
    },
  }),
];
