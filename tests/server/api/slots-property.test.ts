import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { freeExpiredLeases } from '#server/commands/concurrency-limit/slots.ts';
import { rows, run } from '#server/db/script.ts';
import { renewLease } from '#server/db/sql/concurrency-lease.ts';
import { newId } from '#server/ids.ts';
import { micros } from '#server/time.ts';
import { type ApiServer, serveApi } from '#tests/support/api.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

const LIMITS = '/v2/concurrency_limits';
const CLIENTS = 8;
const INTERLEAVINGS = 15;

type Action = 'acquire' | 'renew' | 'release' | 'expire' | 'repossess';

const plans = fc.record({
  limit: fc.integer({ min: 1, max: 4 }),
  clients: fc.array(
    fc.array(
      fc.constantFrom<Action>('acquire', 'acquire', 'renew', 'release', 'expire', 'repossess'),
      { minLength: 2, maxLength: 8 },
    ),
    { minLength: CLIENTS, maxLength: CLIENTS },
  ),
});

describeEachDatabase(
  'slots under many clients',
  (db) => {
    let api: ApiServer;
    beforeAll(async () => {
      api = await serveApi(db.ctx);
    });
    afterAll(() => api.close());

    const activeSlots = async (name: string): Promise<number> => {
      const { json } = await api.call('GET', `${LIMITS}/${name}`);
      return (json as { active_slots: number }).active_slots;
    };

    /** Plays one client; `hold` is told before it stops to hold a slot and after it has got one. */
    const play = async (
      name: string,
      actions: readonly Action[],
      hold: (change: 1 | -1) => void,
    ): Promise<string | null> => {
      let lease: string | null = null;
      let isHolding = false;
      const stop = (): void => {
        if (isHolding) hold(-1);
        isHolding = false;
      };
      const start = (): void => {
        if (!isHolding) hold(1);
        isHolding = true;
      };
      const act = async (action: Action): Promise<void> => {
        if (action === 'repossess') await freeExpiredLeases(db.ctx);
        else if (action === 'acquire' && lease === null) {
          const path = `${LIMITS}/increment-with-lease`;
          const answer = await api.call('POST', path, { names: [name], slots: 1 });
          expect([200, 423]).toContain(answer.status);
          if (answer.status !== 200) return;
          lease = (answer.json as { lease_id: string }).lease_id;
          start();
        } else if (lease === null) return;
        else if (action === 'renew') {
          const answer = await api.call('POST', `${LIMITS}/leases/${lease}/renew`, {});
          // Whoever renews what has expired has it again, unless somebody else was given it meanwhile.
          if (answer.status === 204) start();
          else {
            expect(isHolding).toBe(false);
            lease = null;
          }
        } else if (action === 'release') {
          stop();
          await api.call('POST', `${LIMITS}/decrement-with-lease`, { lease_id: lease });
          lease = null;
        } else if (action === 'expire') {
          stop();
          const expired = lease;
          await db.ctx.db.write(() => run(renewLease(micros(0), expired)));
        }
      };
      for (const action of actions) await act(action);
      return lease;
    };

    test('never are held by more than there are, and all of them come back', async () => {
      await fc.assert(
        fc.asyncProperty(plans, async ({ limit, clients }) => {
          const name = `slots-${newId()}`;
          await api.call('POST', `${LIMITS}/`, { name, limit });
          let holders = 0;
          let most = 0;
          const hold = (change: 1 | -1): void => {
            holders += change;
            most = Math.max(most, holders);
          };
          await Promise.all(clients.map((actions) => play(name, actions, hold)));
          expect(most).toBeLessThanOrEqual(limit);
          expect(await activeSlots(name)).toBe(holders);
          const leases = await db.ctx.db.read(() =>
            rows(db.ctx.db.builder.selectFrom('concurrencyLease').select('id')),
          );
          for (const { id } of leases) await db.ctx.db.write(() => run(renewLease(micros(0), id)));
          expect(await activeSlots(name)).toBe(0);
          const all = { names: [name], slots: limit };
          const answer = await api.call('POST', `${LIMITS}/increment-with-lease`, all);
          expect(answer.status).toBe(200);
        }),
        { numRuns: INTERLEAVINGS },
      );
    }, 60_000);
  },
  { concurrency: { slotHoldSeconds: 0.05 } },
);
