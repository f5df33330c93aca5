import pg from 'pg';
import { expect, test } from 'vitest';

import { createConcurrencyLimit } from '#server/commands/concurrency-limit/limit-commands.ts';
import {
  freeExpiredLeases,
  renewConcurrencyLease,
  takeConcurrencySlots,
} from '#server/commands/concurrency-limit/slots.ts';
import { one } from '#server/db/script.ts';
import { readLimitByName } from '#server/db/sql/concurrency-limit-rows.ts';
import { activeSlotsAt } from '#server/orchestration/concurrency.ts';
import { nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { waitFor } from '#tests/support/wait-for.ts';

describeEachDatabase('Expired leases', (db) => {
  const takeExpired = async (name: string): Promise<string> => {
    await createConcurrencyLimit(db.ctx, { name, limit: 2 });
    const outcome = await takeConcurrencySlots(
      db.ctx,
      { names: [name], slots: 1, mode: 'concurrency' },
      { seconds: -1, holder: null },
    );
    if (!outcome.isTaken || outcome.leaseId === null) throw new Error('There was no slot.');
    return outcome.leaseId;
  };
  const activeSlots = async (name: string) => {
    const now = nowMicros();
    const limit = await db.ctx.db.read(() => one(readLimitByName(now, name)));
    return limit === null ? null : activeSlotsAt(limit, now);
  };

  test.runIf(db.kind === 'postgresql')(
    'keep their slots when they are renewed just then',
    async () => {
      const leaseId = await takeExpired('renewed');
      const { target } = db.ctx.settings.database;
      const holder = new pg.Client({
        connectionString: target.kind === 'postgresql' ? target.url : '',
      });
      await holder.connect();
      await holder.query('BEGIN');
      await holder.query(
        `UPDATE concurrency_lease SET expiration = expiration + 60000000 WHERE id = '${leaseId}'`,
      );
      let isDone = false;
      const freed = freeExpiredLeases(db.ctx).finally(() => {
        isDone = true;
      });
      await waitFor(async () => {
        const { rows } = await holder.query(
          'SELECT count(*)::int AS waiting FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()',
        );
        return isDone || rows[0].waiting > 0;
      });
      await holder.query('COMMIT');
      await holder.end();
      expect(await freed).toBe(0);
      expect(await activeSlots('renewed')).toBe(1);
    },
  );

  test('count no more, even before they are removed', async () => {
    await takeExpired('counted');
    expect(await activeSlots('counted')).toBe(0);
    expect(await freeExpiredLeases(db.ctx)).toBe(1);
  });

  test('give way to whoever needs their slots', async () => {
    const leaseId = await takeExpired('needed');
    const outcome = await takeConcurrencySlots(
      db.ctx,
      { names: ['needed'], slots: 2, mode: 'concurrency' },
      { seconds: 60, holder: null },
    );
    expect(outcome.isTaken).toBe(true);
    expect(await renewConcurrencyLease(db.ctx, { leaseId, seconds: 60 })).toBe(false);
    expect(await activeSlots('needed')).toBe(2);
  });

  test('give their slots back', async () => {
    await takeExpired('expired');
    expect(await freeExpiredLeases(db.ctx)).toBe(1);
    expect(await activeSlots('expired')).toBe(0);
  });
});
