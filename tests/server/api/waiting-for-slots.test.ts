import { afterAll, beforeAll, expect, test } from 'vitest';

import { slotLineOf } from '#server/commands/concurrency-limit/slot-line.ts';
import { waitForConcurrencySlots } from '#server/commands/concurrency-limit/wait-for-slots.ts';
import { run } from '#server/db/script.ts';
import { renewLease } from '#server/db/sql/concurrency-lease.ts';
import { newId } from '#server/ids.ts';
import { addSeconds, nowMicros } from '#server/time.ts';
import { type ApiServer, serveApi } from '#tests/support/api.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { waitFor } from '#tests/support/wait-for.ts';

const LIMITS = '/v2/concurrency_limits';

describeEachDatabase(
  'callers without a slot',
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
    const leaseOf = (answer: { readonly json: unknown }) =>
      (answer.json as { lease_id: string }).lease_id;
    const giveBack = (leaseId: string) =>
      api.call('POST', `${LIMITS}/decrement-with-lease`, { lease_id: leaseId });
    const inLine = (count: number) => waitFor(() => slotLineOf(db.ctx).size === count);

    test('are refused in the end, and told to come back at once', async () => {
      await create('never-free', 1);
      await take(['never-free']);
      const started = performance.now();
      const refused = await take(['never-free']);
      expect(refused).toMatchObject({ status: 423, json: { detail: 'Locked' } });
      expect(performance.now() - started).toBeGreaterThan(900);
      expect(refused.headers.get('retry-after')).toBe('0');
      expect(slotLineOf(db.ctx).size).toBe(0);
    });

    test('learn at once that a limit could never give so many', async () => {
      await create('too-small', 1);
      await take(['too-small']);
      const waiting = take(['too-small']);
      await inLine(1);
      expect((await take(['too-small'], 2)).status).toBe(422);
      expect((await waiting).status).toBe(423);
    });

    test('hold up nobody any more when their wait fails', async () => {
      await create('once-a-rate', 1, { slot_decay_per_second: 0.01 });
      const pass = () => take(['once-a-rate'], 1, { mode: 'rate_limit' });
      expect((await pass()).status).toBe(200);
      const waiting = pass();
      await inLine(1);
      const changes = { slot_decay_per_second: 0, active_slots: 0 };
      await api.call('PATCH', `${LIMITS}/once-a-rate`, changes);
      expect((await waiting).status).toBe(422);
      const left = await db.ctx.db.prisma.concurrencyWaiter.count({
        where: { limit: { name: 'once-a-rate' } },
      });
      expect(left).toBe(0);
    });

    test('get a slot in the order in which they came', async () => {
      await create('line', 1);
      let lease = leaseOf(await take(['line']));
      const served: number[] = [];
      const waiting: Promise<void>[] = [];
      const comeAs = async (index: number): Promise<void> => {
        lease = leaseOf(await take(['line']));
        served.push(index);
        await giveBack(lease);
      };
      for (const index of [0, 1, 2, 3]) {
        waiting.push(comeAs(index));
        await inLine(index + 1);
      }
      await giveBack(lease);
      await Promise.all(waiting);
      expect(served).toEqual([0, 1, 2, 3]);
    });

    test('keep their place when they ask again', async () => {
      await create('patient', 1);
      const lease = leaseOf(await take(['patient']));
      const holder = { type: 'flow_run', id: newId() };
      expect((await take(['patient'], 1, { holder })).status).toBe(423);
      const later = take(['patient']);
      await inLine(1);
      const again = take(['patient'], 1, { holder });
      await inLine(2);
      await giveBack(lease);
      expect((await again).status).toBe(200);
      expect((await later).status).toBe(423);
    });

    test('do not hold up those who wait for other limits', async () => {
      await create('shared', 2);
      await create('blocked', 1);
      await take(['blocked']);
      await take(['shared']);
      const lease = leaseOf(await take(['shared']));
      const both = take(['shared', 'blocked']);
      await inLine(1);
      const alone = take(['shared']);
      await inLine(2);
      await giveBack(lease);
      expect((await alone).status).toBe(200);
      expect((await both).status).toBe(423);
    });

    test('take the slots of a lease that nobody renews as soon as it ends', async () => {
      await create('dying', 1);
      const lease = leaseOf(await take(['dying']));
      await db.ctx.db.write(() => run(renewLease(addSeconds(nowMicros(), 0.4), lease)));
      expect((await take(['dying'])).status).toBe(200);
    });

    test('take slots that free themselves', async () => {
      await create('rate', 1, { slot_decay_per_second: 2 });
      const ask = () =>
        api.call('POST', `${LIMITS}/increment`, { names: ['rate'], slots: 1, mode: 'rate_limit' });
      expect((await ask()).status).toBe(200);
      expect((await ask()).status).toBe(200);
    });

    test('leave the line when they hang up, and what was on its way to them is given back', async () => {
      await create('left', 1);
      const lease = leaseOf(await take(['left']));
      const leaving = new AbortController();
      const gone = fetch(`${api.url}/api${LIMITS}/increment-with-lease`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ names: ['left'], slots: 1 }),
        signal: leaving.signal,
      });
      await inLine(1);
      leaving.abort();
      await expect(gone).rejects.toThrow('aborted');
      await inLine(0);
      await giveBack(lease);
      expect((await take(['left'])).status).toBe(200);
    });

    test('do not come into the line when they have hung up on the way to it', async () => {
      await create('too-late', 1);
      const lease = leaseOf(await take(['too-late']));
      const wish = {
        asked: { names: ['too-late'], slots: 1, mode: 'concurrency' },
        lease: { seconds: 60, holder: null },
      } as const;
      const gone = { onGone: () => () => undefined, isGone: () => true };
      const started = performance.now();
      expect((await waitForConcurrencySlots(db.ctx, wish, gone)).isTaken).toBe(false);
      expect(performance.now() - started).toBeLessThan(900);
      await giveBack(lease);
      expect((await take(['too-late'])).status).toBe(200);
    });

    test('wait for slots of tags as well', async () => {
      await api.call('POST', '/concurrency_limits/', { tag: 'db', concurrency_limit: 1 });
      const hold = (taskRunId: string, how = 'increment') =>
        api.call('POST', `/concurrency_limits/${how}`, { names: ['db'], task_run_id: taskRunId });
      const [first, second] = [newId(), newId()];
      await hold(first);
      const waiting = hold(second);
      await inLine(1);
      await hold(first, 'decrement');
      expect(await waiting).toMatchObject({ status: 200, json: [{ name: 'db' }] });
    });

    test('get their slot when the limit is raised', async () => {
      await create('raised', 1);
      await take(['raised']);
      const waiting = take(['raised']);
      await inLine(1);
      await api.call('PATCH', `${LIMITS}/raised`, { limit: 2 });
      expect((await waiting).status).toBe(200);
    });
  },
  { concurrency: { slotHoldSeconds: 1 } },
);
