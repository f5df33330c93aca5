import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { freeExpiredLeases } from '#server/commands/concurrency-limit/slots.ts';
import { run } from '#server/db/script.ts';
import { renewLease } from '#server/db/sql/concurrency-lease.ts';
import { micros } from '#server/time.ts';
import { type ApiServer, serveApi } from '#tests/support/api.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

const LIMITS = '/v2/concurrency_limits';

describeEachDatabase(
  'limits of concurrency over REST',
  (db) => {
    let api: ApiServer;
    beforeAll(async () => {
      api = await serveApi(db.ctx);
    });
    afterAll(() => api.close());

    const create = (name: string, limit: number, more: object = {}) =>
      api.call('POST', `${LIMITS}/`, { name, limit, ...more });
    const take = (names: readonly string[], slots = 1, more: object = {}) =>
      api.call('POST', `${LIMITS}/increment-with-lease`, { names, slots, ...more });
    const activeSlots = async (name: string): Promise<unknown> => {
      const { json } = await api.call('GET', `${LIMITS}/${name}`);
      return (json as { active_slots: number }).active_slots;
    };

    test('an unknown limit is not found', async () => {
      expect(await api.call('GET', `${LIMITS}/nope`)).toMatchObject({
        status: 404,
        json: { detail: 'Concurrency Limit not found' },
      });
    });

    test('a name is taken once', async () => {
      expect((await create('once', 1)).status).toBe(201);
      expect((await create('once', 2)).status).toBe(409);
    });

    test('more slots than a limit has are refused for good', async () => {
      await create('small', 1);
      expect(await take(['small'], 2)).toMatchObject({
        status: 422,
        json: { detail: 'Slots requested is greater than the limit' },
      });
    });

    test('limits without decay are refused for rates, named in order', async () => {
      await create('unit b', 1);
      await create('unit a', 1);
      expect(await take(['unit b', 'unit a'], 1, { mode: 'rate_limit' })).toMatchObject({
        status: 422,
        json: {
          detail:
            "Only concurrency limits with slot decay can be used for rate limiting. The following limits do not have a decay configured: 'unit a,unit b'",
        },
      });
    });

    test('a full limit asks to come back later, and none of the others is taken', async () => {
      await create('full', 1);
      await create('free', 1);
      await take(['full']);
      const answer = await take(['free', 'full']);
      expect(answer).toMatchObject({ status: 423, json: { detail: 'Locked' } });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await activeSlots('free')).toBe(0);
    });

    test('a name without a limit is no hindrance', async () => {
      expect(await take(['tag:unlimited'])).toMatchObject({
        status: 200,
        json: { lease_id: expect.any(String), limits: [] },
      });
    });

    test('a lease gives back what it holds, once', async () => {
      await create('leased', 2);
      const { json } = await take(['leased'], 2);
      const { lease_id } = json as { lease_id: string };
      expect(await activeSlots('leased')).toBe(2);
      const renew = `${LIMITS}/leases/${lease_id}/renew`;
      expect((await api.call('POST', renew, {})).status).toBe(204);
      const body = { lease_id };
      expect((await api.call('POST', `${LIMITS}/decrement-with-lease`, body)).status).toBe(204);
      expect((await api.call('POST', `${LIMITS}/decrement-with-lease`, body)).status).toBe(204);
      expect(await activeSlots('leased')).toBe(0);
      expect((await api.call('POST', renew, {})).status).toBe(410);
    });

    test('a lease that nobody renews is given back', async () => {
      await create('forgotten', 1);
      const { json } = await take(['forgotten']);
      const { lease_id } = json as { lease_id: string };
      await db.ctx.db.write(() => run(renewLease(micros(0), lease_id)));
      expect(await freeExpiredLeases(db.ctx)).toBe(1);
      expect(await activeSlots('forgotten')).toBe(0);
    });

    test('slots of a limit of rate free themselves', async () => {
      await create('rate', 1, { slot_decay_per_second: 1000 });
      await api.call('POST', `${LIMITS}/increment`, {
        names: ['rate'],
        slots: 1,
        mode: 'rate_limit',
      });
      await expect.poll(() => activeSlots('rate')).toBe(0);
    });

    test('a limit is changed and removed', async () => {
      await create('changing', 1);
      const changed = await api.call('PATCH', `${LIMITS}/changing`, { limit: 4 });
      expect(changed.status).toBe(204);
      expect(await api.call('GET', `${LIMITS}/changing`)).toMatchObject({ json: { limit: 4 } });
      expect((await api.call('DELETE', `${LIMITS}/changing`)).status).toBe(204);
      expect((await api.call('DELETE', `${LIMITS}/changing`)).status).toBe(404);
    });

    describe('by tag', () => {
      const TAGS = '/concurrency_limits';
      const put = (tag: string, limit: number) =>
        api.call('POST', `${TAGS}/`, { tag, concurrency_limit: limit });
      const hold = (tag: string, taskRunId: string) =>
        api.call('POST', `${TAGS}/increment`, { names: [tag], task_run_id: taskRunId });
      const first = '00000000-0000-4000-8000-000000000001';
      const second = '00000000-0000-4000-8000-000000000002';

      test('an unknown tag is not found', async () => {
        for (const [method, path] of [
          ['GET', `${TAGS}/tag/nope`],
          ['DELETE', `${TAGS}/tag/nope`],
          ['POST', `${TAGS}/tag/nope/reset`],
        ] as const) {
          expect(await api.call(method, path)).toMatchObject({
            status: 404,
            json: { detail: 'Concurrency limit not found' },
          });
        }
      });

      test('a limit of zero never gives a slot', async () => {
        await put('closed', 0);
        expect(await hold('closed', first)).toMatchObject({ status: 423 });
      });

      test('several who set a limit for the first time at once set one', async () => {
        const setLimit = () =>
          api.call('POST', '/concurrency_limits/', { tag: 'raced', concurrency_limit: 3 });
        const answers = await Promise.all(Array.from({ length: 5 }, setLimit));
        const statuses = answers.map(({ status }) => status);
        expect(statuses.toSorted((one, two) => one - two)).toEqual([200, 200, 200, 200, 201]);
      });

      test('a task run holds a slot until it gives it back', async () => {
        expect((await put('db', 9)).status).toBe(201);
        expect((await put('db', 1)).status).toBe(200);
        expect((await hold('db', first)).json).toMatchObject([{ name: 'db', limit: 1 }]);
        const refused = await hold('db', second);
        expect(refused).toMatchObject({
          status: 423,
          json: { detail: 'Concurrency limit for the db tag has been reached' },
        });
        expect(refused.headers.get('retry-after')).toBe('10');
        const read = () => api.call('GET', `${TAGS}/tag/db`);
        expect((await read()).json).toMatchObject({ active_slots: [first] });
        await api.call('POST', `${TAGS}/decrement`, { names: ['db'], task_run_id: first });
        expect((await read()).json).toMatchObject({ active_slots: [] });
        expect((await hold('db', second)).status).toBe(200);
      });

      test('a reset gives the slots to others', async () => {
        await put('reset', 1);
        await hold('reset', first);
        await api.call('POST', `${TAGS}/tag/reset/reset`, { slot_override: [second] });
        const { json } = await api.call('POST', `${TAGS}/filter`, {});
        expect(json).toContainEqual(
          expect.objectContaining({ tag: 'reset', active_slots: [second] }),
        );
      });
    });
  },
  { concurrency: { slotHoldSeconds: 0 } },
);
