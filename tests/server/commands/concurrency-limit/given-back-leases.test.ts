import pg from 'pg';
import { expect, test } from 'vitest';

import { createConcurrencyLimit } from '#server/commands/concurrency-limit/limit-commands.ts';
import {
  freeConcurrencyLease,
  takeConcurrencySlots,
} from '#server/commands/concurrency-limit/slots.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { waitFor } from '#tests/support/wait-for.ts';

describeEachDatabase('Leases that are given back', (db) => {
  test.runIf(db.kind === 'postgresql')(
    'are not kept while they wait for a limit that somebody changes',
    async () => {
      await createConcurrencyLimit(db.ctx, { name: 'busy', limit: 1 });
      const taken = await takeConcurrencySlots(
        db.ctx,
        { names: ['busy'], slots: 1, mode: 'concurrency' },
        { seconds: 60, holder: null },
      );
      if (!taken.isTaken || taken.leaseId === null) throw new Error('There was no slot.');
      const { target } = db.ctx.settings.database;
      const other = new pg.Client({
        connectionString: target.kind === 'postgresql' ? target.url : '',
      });
      await other.connect();
      await other.query('BEGIN');
      await other.query(`SELECT 1 FROM concurrency_limit_v2 WHERE name = 'busy' FOR UPDATE`);
      const freed = freeConcurrencyLease(db.ctx, taken.leaseId);
      await waitFor(async () => {
        const { rows } = await other.query(
          'SELECT count(*)::int AS waiting FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()',
        );
        return rows[0].waiting > 0;
      });
      // Whoever empties the limit takes its leases next, and must not find them kept by one who waits for the limit.
      const { rows: leases } = await other.query(
        'SELECT id FROM concurrency_lease FOR UPDATE NOWAIT',
      );
      expect(leases).toEqual([{ id: taken.leaseId }]);
      await other.query('COMMIT');
      await other.end();
      expect(await freed).toBe(true);
    },
  );
});
