import { z } from 'zod';

import {
  type LimitKey,
  deleteConcurrencyLimit,
  putTagLimit,
} from '#server/commands/concurrency-limit/limit-commands.ts';
import {
  freeTagSlots,
  resetTagLimit,
  withHolders,
} from '#server/commands/concurrency-limit/tag-limits.ts';
import { waitForTagSlots } from '#server/commands/concurrency-limit/wait-for-slots.ts';
import type { Context } from '#server/context.ts';
import { one, rows } from '#server/db/script.ts';
import {
  listTagLimits,
  readLimit,
  readLimitByName,
} from '#server/db/sql/concurrency-limit-rows.ts';
import { isTagLimit, tagLimitName } from '#server/orchestration/concurrency.ts';
import { readTaskRunHolders } from '#server/queries/concurrency-limit/read-slot-holders.ts';
import { nowMicros } from '#server/time.ts';

import {
  concurrencyLimitAnswer,
  minimalConcurrencyLimitAnswer,
} from './answers/concurrency-limit.ts';
import { parametersBody, wholeBody } from './body.ts';
import { orDetail } from './not-found.ts';
import { limit, limitWithin, offset } from './page.ts';
import { type Reply, answer, createdStatus, refusal } from './reply.ts';
import { type Route, route } from './route.ts';
import {
  newTagLimit,
  shortLimitToWire,
  shortTagLimitToWire,
  tagLimitToWire,
} from './wire/concurrency-limit.ts';
import { optional } from './wire/filters/criteria.ts';
import { uuid } from './wire/pydantic/scalar.ts';
import { list, texts } from './wire/pydantic/shapes.ts';

const LOCKED = 423;
const MISSING = 'Concurrency limit not found';

const answerLimit = async (ctx: Context, key: LimitKey): Promise<Reply> => {
  const now = nowMicros();
  const found = await ctx.db.read(function* () {
    const row = yield* one('id' in key ? readLimit(now, key.id) : readLimitByName(now, key.name));
    // A limit without a tag is none of theirs, though it has an id.
    return row === null || !isTagLimit(row) ? null : yield* withHolders(row);
  });
  return found === null ? refusal(404, MISSING) : answer(tagLimitToWire(found));
};

const removeLimit = async (ctx: Context, key: LimitKey): Promise<Reply> => {
  await orDetail(deleteConcurrencyLimit(ctx, key), MISSING);
  return answer(null);
};

const slotShape = { names: texts, task_run_id: uuid };

const slotRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/concurrency_limits/increment',
    answers: z.array(minimalConcurrencyLimitAnswer),
    body: parametersBody(slotShape),
    handle: async ({ body: { names: tags, task_run_id: taskRunId }, onGone, isGone }) => {
      const outcome = await waitForTagSlots(ctx, { tags, taskRunId }, { onGone, isGone });
      if (outcome.kind === 'taken') return answer(outcome.limits.map(shortTagLimitToWire));
      if (outcome.kind === 'closed') {
        const detail = `The concurrency limit on tag "${outcome.tag}" is 0 and will deadlock if the task tries to run again.`;
        return refusal(LOCKED, detail);
      }
      return refusal(LOCKED, `Concurrency limit for the ${outcome.tag} tag has been reached`, {
        'retry-after': String(outcome.retryAfterSeconds),
      });
    },
  }),
  route({
    method: 'POST',
    path: '/concurrency_limits/decrement',
    answers: z.array(minimalConcurrencyLimitAnswer),
    body: parametersBody(slotShape),
    handle: async ({ body: { names: tags, task_run_id: taskRunId } }) =>
      answer((await freeTagSlots(ctx, { tags, taskRunId })).map(shortLimitToWire)),
  }),
  route({
    method: 'POST',
    path: '/concurrency_limits/tag/{tag}/reset',
    body: parametersBody({ slot_override: optional(list(uuid)) }),
    handle: async ({ body: { slot_override: taskRunIds }, param }) => {
      await orDetail(
        resetTagLimit(ctx, { tag: param('tag'), taskRunIds: taskRunIds ?? [] }),
        MISSING,
      );
      return answer(null);
    },
  }),
];

/** Limits on task runs by their tags, as they were made before there were others. */
export const concurrencyLimitRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/concurrency_limits/',
    answers: concurrencyLimitAnswer,
    body: wholeBody(newTagLimit),
    handle: async ({ body }) => {
      const { tag, concurrency_limit: size } = body;
      const { limit: put, isCreated } = await putTagLimit(ctx, { tag, limit: size });
      const shown = await ctx.db.read(() => withHolders(put));
      return answer(tagLimitToWire(shown), createdStatus(isCreated));
    },
  }),
  route({
    method: 'GET',
    path: '/concurrency_limits/{id:uuid}',
    answers: concurrencyLimitAnswer,
    handle: ({ param }) => answerLimit(ctx, { id: param('id') }),
  }),
  route({
    method: 'GET',
    path: '/concurrency_limits/tag/{tag}',
    answers: concurrencyLimitAnswer,
    handle: ({ param }) => answerLimit(ctx, { name: tagLimitName(param('tag')) }),
  }),
  route({
    method: 'POST',
    path: '/concurrency_limits/filter',
    answers: z.array(concurrencyLimitAnswer),
    body: parametersBody({ limit, offset }),
    handle: async ({ body }) => {
      const size = limitWithin(body.limit, ctx.settings.api.defaultLimit);
      const limits = await ctx.db.read(() => rows(listTagLimits(size, body.offset)));
      const holders = await readTaskRunHolders(
        ctx,
        limits.map(({ id }) => id),
      );
      return answer(
        limits.map((row, index) => tagLimitToWire({ limit: row, holders: holders[index] ?? [] })),
      );
    },
  }),
  ...slotRoutes(ctx),
  route({
    method: 'DELETE',
    path: '/concurrency_limits/{id:uuid}',
    handle: ({ param }) => removeLimit(ctx, { id: param('id') }),
  }),
  route({
    method: 'DELETE',
    path: '/concurrency_limits/tag/{tag}',
    handle: ({ param }) => removeLimit(ctx, { name: tagLimitName(param('tag')) }),
  }),
];
