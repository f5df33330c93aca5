import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type App, createApp } from '#server/app.ts';
import { run } from '#server/db/script.ts';
import { insertWaiter } from '#server/db/sql/concurrency-waiter.ts';
import { newId } from '#server/ids.ts';
import { addSeconds, nowMicros } from '#server/time.ts';
import { type StartedApp, startApp } from '#tests/support/app.ts';
import { testedKinds } from '#tests/support/database.ts';
import { waitFor } from '#tests/support/wait-for.ts';

const LIMITS = '/api/v2/concurrency_limits';

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly leaseId: string;
}

const post = async (url: string, path: string, body: object): Promise<Answer> => {
  const response = await fetch(`${url}${LIMITS}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  // Only answers to wishes for slots are looked into, which carry the lease.
  const json = text === '' ? {} : (JSON.parse(text) as { lease_id?: string });
  const retryAfter = response.headers.get('retry-after');
  return { status: response.status, retryAfter, leaseId: json.lease_id ?? '' };
};

const take = (url: string, name: string, holder?: object): Promise<Answer> =>
  post(url, '/increment-with-lease', { names: [name], slots: 1, ...(holder && { holder }) });

const giveBack = (url: string, leaseId: string): Promise<Answer> =>
  post(url, '/decrement-with-lease', { lease_id: leaseId });

const countWaiters = ({ ctx }: App, name: string): Promise<number> =>
  ctx.db.prisma.concurrencyWaiter.count({ where: { limit: { name }, isHeld: true } });

describe.runIf(testedKinds.includes('postgresql'))('Those who wait at two servers', () => {
  let one: StartedApp;
  let other: App;
  let urls: readonly [string, string];

  beforeAll(async () => {
    one = await startApp('postgresql');
    const { settings, log } = one.app.ctx;
    other = await createApp(settings, log);
    urls = [one.url, (await other.listen()).url];
  });
  afterAll(async () => {
    await other.close();
    await one.close();
  });

  const inLine = (name: string, count: number) =>
    waitFor(async () => (await countWaiters(one.app, name)) === count);

  test('are served in the order in which they came, wherever that was', async () => {
    await post(one.url, '/', { name: 'shared', limit: 1 });
    const held = await take(one.url, 'shared');
    const served: number[] = [];
    const come = async (index: number): Promise<void> => {
      const url = urls[index % 2 === 0 ? 1 : 0];
      const { status, leaseId } = await take(url, 'shared');
      served.push(status === 200 ? index : -1);
      await giveBack(url, leaseId);
    };
    const waiting: Promise<void>[] = [];
    // Three at one server, then three at the other, then in turns.
    const order = [0, 2, 4, 1, 3, 5, 6, 7, 8, 9];
    for (const index of order) {
      waiting.push(come(index));
      await inLine('shared', waiting.length);
    }

    await giveBack(one.url, held.leaseId);
    await Promise.all(waiting);

    expect(served).toEqual(order);
    expect(await countWaiters(one.app, 'shared')).toBe(0);
  });

  test('are passed by nobody who comes while a slot is on its way to them', async () => {
    await post(one.url, '/', { name: 'queue', limit: 2 });
    await take(one.url, 'queue');
    const held = await take(one.url, 'queue');
    const waiting = take(urls[1], 'queue');
    await inLine('queue', 1);
    // A limit that is raised by a statement tells nobody, so the one who waits does not know of its slot yet.
    await one.app.ctx.db.write(() =>
      run(
        one.app.ctx.db.builder
          .updateTable('concurrencyLimitV2')
          .set({ limit: 3 })
          .where('name', '=', 'queue'),
      ),
    );
    const late = take(one.url, 'queue');
    expect((await Promise.race([waiting, late.then(() => null)]))?.status).toBe(200);
    await giveBack(one.url, held.leaseId);
    expect((await late).status).toBe(200);
  });

  test('keep the place that they had at a server when they ask the other', async () => {
    await post(one.url, '/', { name: 'moved', limit: 1 });
    const held = await take(one.url, 'moved');
    const holder = { type: 'flow_run', id: newId() };
    const refused = await take(one.url, 'moved', holder);
    expect(refused).toMatchObject({ status: 423, retryAfter: '0' });
    const later = take(one.url, 'moved');
    await inLine('moved', 1);
    const again = take(urls[1], 'moved', holder);
    await inLine('moved', 2);
    await giveBack(one.url, held.leaseId);
    const first = await Promise.race([
      later.then(() => 'later'),
      again.then(({ status }) => `again ${status}`),
    ]);
    expect(first).toBe('again 200');
    await giveBack(one.url, (await again).leaseId);
    expect((await later).status).toBe(200);
  });

  test('do not wait for those of a server that died', async () => {
    await post(one.url, '/', { name: 'haunted', limit: 1 });
    const held = await take(one.url, 'haunted');
    const { ctx } = one.app;
    const limit = await ctx.db.prisma.concurrencyLimitV2.findUniqueOrThrow({
      where: { name: 'haunted' },
    });
    await ctx.db.write(() =>
      run(
        insertWaiter({
          limitId: limit.id,
          id: newId(),
          created: addSeconds(nowMicros(), -60),
          slots: 1,
          isHeld: true,
          expires: addSeconds(nowMicros(), 60),
          line: newId(),
          caller: null,
          holderType: null,
          holderId: null,
          flowId: null,
        }),
      ),
    );
    const waiting = take(one.url, 'haunted');
    await inLine('haunted', 2);
    await giveBack(one.url, held.leaseId);
    expect((await waiting).status).toBe(200);
  });
});

describe.each(testedKinds)('A server on %s that stops', (kind) => {
  test('answers those who wait for slots, who are to ask again when it may be back', async () => {
    const server = await startApp(kind);
    await post(server.url, '/', { name: 'stopped', limit: 1 });
    await take(server.url, 'stopped');
    const waiting = take(server.url, 'stopped');
    await waitFor(async () => (await countWaiters(server.app, 'stopped')) === 1);

    const closing = server.close();

    const { status, retryAfter } = await waiting;
    await closing;
    expect(status).toBe(423);
    expect(Number(retryAfter)).toBeGreaterThanOrEqual(5);
  });
});
