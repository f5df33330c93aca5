import { z } from 'zod';

import {
  type LimitKey,
  createConcurrencyLimit,
  deleteConcurrencyLimit,
  updateConcurrencyLimit,
} from '#server/commands/concurrency-limit/limit-commands.ts';
import type { Context } from '#server/context.ts';
import { one, rows } from '#server/db/script.ts';
import { listLimits, readLimit, readLimitByName } from '#server/db/sql/concurrency-limit-rows.ts';
import { parseId } from '#server/ids.ts';
import { nowMicros } from '#server/time.ts';

import {
  concurrencyLimitV2Answer,
  globalConcurrencyLimitAnswer,
} from './answers/concurrency-limit.ts';
import { parametersBody, wholeBody } from './body.ts';
import { limit, limitWithin, offset } from './page.ts';
import { answer, noContent, refusal } from './reply.ts';
import { type Route, route } from './route.ts';
import { limitChanges, limitToWire, newLimit, newLimitToWire } from './wire/concurrency-limit.ts';
import { given } from './wire/filters/criteria.ts';

const keyOf = (idOrName: string): LimitKey => {
  const id = parseId(idOrName);
  return id === null ? { name: idOrName } : { id };
};

const listRoute = (ctx: Context): Route =>
  route({
    method: 'POST',
    path: '/v2/concurrency_limits/filter',
    answers: z.array(globalConcurrencyLimitAnswer),
    body: parametersBody({ limit, offset }),
    handle: async ({ body }) => {
      const size = limitWithin(body.limit, ctx.settings.api.defaultLimit);
      const now = nowMicros();
      const limits = await ctx.db.read(() => rows(listLimits(now, size, body.offset)));
      return answer(limits.map((row) => limitToWire(row, now)));
    },
  });

const updateRoute = (ctx: Context): Route =>
  route({
    method: 'PATCH',
    path: '/v2/concurrency_limits/{id_or_name}',
    status: 204,
    body: wholeBody(limitChanges),
    handle: async ({ body, param }) => {
      await updateConcurrencyLimit(ctx, {
        key: keyOf(param('id_or_name')),
        changes: {
          ...given(body.active, (active) => ({ active })),
          ...given(body.name, (name) => ({ name })),
          ...given(body.limit, (size) => ({ limit: size })),
          ...given(body.active_slots, (activeSlots) => ({ activeSlots })),
          ...given(body.denied_slots, (deniedSlots) => ({ deniedSlots })),
          ...given(body.slot_decay_per_second, (slotDecayPerSecond) => ({ slotDecayPerSecond })),
        },
      });
      return noContent;
    },
  });

/** What clients ask about limits of concurrency and rate, and how they make them. */
export const concurrencyLimitV2Routes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/v2/concurrency_limits/',
    status: 201,
    answers: concurrencyLimitV2Answer,
    body: wholeBody(newLimit),
    handle: async ({ body }) => {
      const made = await createConcurrencyLimit(ctx, {
        active: body.active,
        name: body.name,
        limit: body.limit,
        activeSlots: body.active_slots,
        deniedSlots: body.denied_slots,
        slotDecayPerSecond: body.slot_decay_per_second,
      });
      return answer(newLimitToWire(made), 201);
    },
  }),
  route({
    method: 'GET',
    path: '/v2/concurrency_limits/{id_or_name}',
    answers: globalConcurrencyLimitAnswer,
    handle: async ({ param }) => {
      const key = keyOf(param('id_or_name'));
      const now = nowMicros();
      const query = 'id' in key ? readLimit(now, key.id) : readLimitByName(now, key.name);
      const found = await ctx.db.read(() => one(query));
      return found === null
        ? refusal(404, 'Concurrency Limit not found')
        : answer(limitToWire(found, now));
    },
  }),
  listRoute(ctx),
  updateRoute(ctx),
  route({
    method: 'DELETE',
    path: '/v2/concurrency_limits/{id_or_name}',
    status: 204,
    handle: async ({ param }) => {
      await deleteConcurrencyLimit(ctx, keyOf(param('id_or_name')));
      return noContent;
    },
  }),
];
