import { expect, test, vi } from 'vitest';

import { one, run } from '#server/db/script.ts';
import { ping } from '#server/db/sql/ping.ts';
import { statement } from '#server/db/statement.ts';
import { createLeader } from '#server/services/leader.ts';
import { startServices } from '#server/services/loop.ts';
import type { Service } from '#server/services/service.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { waitFor } from '#tests/support/wait-for.ts';

const expireLeases = statement<[]>('UPDATE service_lease SET expires = 0');

const countingService = (scope: Service['scope']): Service & { ticks: number } => ({
  ticks: 0,
  name: 'counting',
  scope,
  everySeconds: () => 0.01,
  isEnabled: () => true,
  async runOnce() {
    this.ticks += 1;
    return {};
  },
});

describeEachDatabase('the leadership', (db) => {
  test('is held by one process until it resigns', async () => {
    const [first, second] = [createLeader(db.ctx), createLeader(db.ctx)];
    expect([await first.renew(), await second.renew()]).toEqual([true, false]);
    expect([first.isLeading(), second.isLeading()]).toEqual([true, false]);
    await first.resign();
    expect(await second.renew()).toBe(true);
    await second.resign();
  });

  test('goes to another process when its lease has run out', async () => {
    const [first, second] = [createLeader(db.ctx), createLeader(db.ctx)];
    await first.renew();
    await db.ctx.db.write(() => run(expireLeases()));
    expect(await second.renew()).toBe(true);
    await second.resign();
  });

  test('is not lost to a process that died while its clock was a day ahead', async () => {
    const [dead, next] = [createLeader(db.ctx), createLeader(db.ctx)];
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 86_400_000);
    try {
      expect(await dead.renew()).toBe(true);
    } finally {
      vi.useRealTimers();
    }
    expect(await next.renew()).toBe(true);
    expect(await dead.renew()).toBe(false);
    await next.resign();
  });

  test('refuses the writes of a tick that began before another process took over', async () => {
    const [first, second] = [createLeader(db.ctx), createLeader(db.ctx)];
    const write = (leader: typeof first) => leader.fenced.db.write(() => one(ping()));
    await expect(write(first)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await first.renew();
    await expect(write(first)).resolves.not.toBeNull();
    await db.ctx.db.write(() => run(expireLeases()));
    await second.renew();
    // As the first one's clock has it, its lease still runs.
    expect(first.isLeading()).toBe(true);
    await expect(write(first)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(write(second)).resolves.not.toBeNull();
    expect(await first.renew()).toBe(false);
    await second.resign();
  });

  test('decides which of two processes does the ticks, but not those that each does for itself', async () => {
    const leading = [countingService('leader'), countingService('leader')] as const;
    const everywhere = [countingService('process'), countingService('process')] as const;
    const loops = [0, 1].map((index) =>
      startServices(
        db.ctx,
        [leading[index], everywhere[index]].filter((service) => service !== undefined),
      ),
    );
    await waitFor(() => everywhere.every(({ ticks }) => ticks > 3), { what: 'ticks in both' });
    await waitFor(() => leading.some(({ ticks }) => ticks > 3), { what: 'ticks in one' });
    // Before they stop: the one that stops first hands over to the other.
    const leaders = leading.filter(({ ticks }) => ticks > 0);
    await Promise.all(loops.map((loop) => loop.stop()));
    expect(leaders).toHaveLength(1);
  });

  test('a tick that throws does not end its service', async () => {
    let ticks = 0;
    const failing: Service = {
      name: 'failing',
      scope: 'process',
      everySeconds: () => 0.01,
      isEnabled: () => true,
      runOnce: async () => {
        ticks += 1;
        throw new Error('as every time');
      },
    };
    const silent = { ...db.ctx, log: db.ctx.log.child({}, { level: 'silent' }) };
    const loop = startServices(silent, [failing]);
    await waitFor(() => ticks > 2, { what: 'the third tick' });
    await loop.stop();
    expect(ticks).toBeGreaterThan(2);
  });

  test('a service that is turned off does not run', async () => {
    const off = { ...countingService('process'), isEnabled: () => false };
    await startServices(db.ctx, [off]).stop();
    expect(off.ticks).toBe(0);
  });
});
