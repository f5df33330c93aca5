import { expect, test } from 'vitest';

import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { deleteFlowRun } from '#server/commands/flow-run/delete-flow-run.ts';
import type { Context } from '#server/context.ts';
import { one as oneRow, run } from '#server/db/script.ts';
import { deleteLease, lockLease, renewLease } from '#server/db/sql/concurrency-lease.ts';
import { newId } from '#server/ids.ts';
import type { JsonObject } from '#server/json.ts';
import type { ClientInfo } from '#server/orchestration/client-info.ts';
import { flowRunTransition } from '#server/orchestration/flow-run-transition.ts';
import {
  awaitingRetry,
  cancelled,
  cancelling,
  failed,
  pending,
  running,
  scheduled,
} from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import type { ProposedState } from '#server/orchestration/states.ts';
import type { State } from '#server/orchestration/states.ts';
import { micros, nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import {
  insertDeployment,
  insertFlow,
  insertLimit,
  readActiveSlots,
} from '#tests/support/orchestration.ts';

const LEASE = 'deployment_concurrency_lease_id';
const NEW_CLIENT = { apiVersion: '0.8.4', clientVersion: '3.9.1' };

const limited = async (
  ctx: Context,
  { limit, options = {} }: { readonly limit: number; readonly options?: JsonObject },
) => {
  const flow = await insertFlow(ctx);
  const { id: limitId } = await insertLimit(ctx, { name: `deployment:${newId()}`, limit });
  const deployment = await insertDeployment(ctx, { flowId: flow.id, limitId, options });
  const makeRun = async (policy: JsonObject = {}) => {
    const { flowRun } = await createFlowRun(ctx, {
      flowId: flow.id,
      deploymentId: deployment.id,
      state: scheduled({ at: nowMicros() }),
      empiricalPolicy: policy,
    });
    return {
      id: flowRun.id,
      propose: (proposed: ProposedState, client: ClientInfo = NEW_CLIENT) =>
        setFlowRunState(ctx, { flowRunId: flowRun.id, proposed, client }),
    };
  };
  return { limitId, makeRun, taken: () => readActiveSlots(ctx, limitId) };
};

/** The lease that a state speaks of. */
const leaseOf = (state: State | null): string => {
  const lease = state?.details[LEASE];
  if (typeof lease !== 'string') throw new Error('The state names no lease.');
  return lease;
};

describeEachDatabase('concurrency limits of deployments', (db) => {
  test('a slot says which run holds it', async () => {
    const { makeRun } = await limited(db.ctx, { limit: 1 });
    const flowRun = await makeRun();
    const { state } = await flowRun.propose(pending());
    const lease = await db.ctx.db.read(() => oneRow(lockLease(leaseOf(state))));
    expect(lease).toMatchObject({ holderType: 'flow_run', holderId: flowRun.id });
  });

  test('a limit of zero aborts what would wait for ever', async () => {
    const { makeRun, taken } = await limited(db.ctx, { limit: 0 });
    const refused = await (await makeRun()).propose(pending());
    expect(refused).toMatchObject({ status: 'ABORT', state: { name: 'Scheduled' } });
    expect(refused.details.reason).toContain('concurrency limit is 0');
    expect(await taken()).toBe(0);
  });

  test('a run without a slot waits for one', async () => {
    const { makeRun, taken } = await limited(db.ctx, { limit: 1 });
    await (await makeRun()).propose(pending());
    const refused = await (await makeRun()).propose(pending());
    expect(refused).toMatchObject({
      status: 'REJECT',
      details: { reason: 'Deployment concurrency limit reached.' },
      state: { type: 'SCHEDULED', name: 'AwaitingConcurrencySlot' },
    });
    expect(refused.run.nextScheduledStartTime ?? 0).toBeGreaterThan(nowMicros() + 25_000_000);
    expect(await taken()).toBe(1);
  });

  test('a deployment may have what finds no slot cancelled', async () => {
    const options = { collision_strategy: 'CANCEL_NEW' };
    const { makeRun } = await limited(db.ctx, { limit: 1, options });
    await (await makeRun()).propose(pending());
    const refused = await (await makeRun()).propose(pending());
    expect(refused).toMatchObject({ status: 'REJECT', state: { type: 'CANCELLED' } });
  });

  test('it cancels late runs too while it is full', async () => {
    const options = { collision_strategy: 'CANCEL_NEW' };
    const { makeRun } = await limited(db.ctx, { limit: 1, options });
    await (await makeRun()).propose(pending());
    const late = await makeRun();
    const proposed = scheduled({ at: nowMicros() }, 'Late');
    const refused = await db.ctx.db.write(() =>
      flowRunTransition(db.ctx, { flowRunId: late.id, proposed, policy: 'mark-late' }),
    );
    expect(refused).toMatchObject({ status: 'REJECT', state: { type: 'CANCELLED' } });
  });

  test('of many that ask at once only as many get a slot as there are', async () => {
    const { makeRun, taken } = await limited(db.ctx, { limit: 3 });
    const runs = await Promise.all(Array.from({ length: 12 }, () => makeRun()));
    const answers = await Promise.all(runs.map((one) => one.propose(pending())));
    expect(answers.filter(({ status }) => status === 'ACCEPT')).toHaveLength(3);
    expect(await taken()).toBe(3);
  });

  test('the slot and its lease go with the run until it ends', async () => {
    const { makeRun, taken } = await limited(db.ctx, { limit: 1 });
    const one = await makeRun();
    const first = await one.propose(pending());
    const lease = first.state?.details[LEASE];
    expect(lease).toEqual(expect.any(String));
    const submitting = { ...pending(), name: 'Submitting', details: { [LEASE]: null } };
    expect((await one.propose(submitting)).state?.details[LEASE]).toBe(lease);
    expect((await one.propose(running())).state?.details[LEASE]).toBe(lease);
    expect((await one.propose(cancelling())).state?.details[LEASE]).toBe(lease);
    expect(await taken()).toBe(1);
    await one.propose(cancelled());
    expect(await taken()).toBe(0);
  });

  test('a run whose lease has expired gives nobody else its slot when it ends', async () => {
    const { makeRun, taken } = await limited(db.ctx, { limit: 1 });
    const one = await makeRun();
    const lease = leaseOf((await one.propose(pending())).state);
    await one.propose(running());
    await db.ctx.db.write(() => run(renewLease(micros(0), lease)));
    expect(await taken()).toBe(0);
    expect((await (await makeRun()).propose(pending())).status).toBe('ACCEPT');
    await one.propose(cancelled());
    expect(await taken()).toBe(1);
    expect((await (await makeRun()).propose(pending())).status).toBe('REJECT');
  });

  test('a slot that gets free makes the run due that waits for it longest', async () => {
    const { makeRun } = await limited(db.ctx, { limit: 1 });
    const holder = await makeRun();
    await holder.propose(pending());
    const [first, second] = [await makeRun(), await makeRun()];
    await second.propose(pending());
    await first.propose(pending());
    await holder.propose(failed('boom'));
    const dueOf = async ({ id }: { readonly id: string }): Promise<number> => {
      const query = db.ctx.db.builder
        .selectFrom('flowRun')
        .select('nextScheduledStartTime')
        .where('id', '=', id);
      return (await db.ctx.db.read(() => oneRow(query)))?.nextScheduledStartTime ?? 0;
    };
    expect(await dueOf(first)).toBeLessThanOrEqual(nowMicros());
    expect(await dueOf(second)).toBeGreaterThan(nowMicros());
    expect((await first.propose(pending())).status).toBe('ACCEPT');
  });

  test('a run that lost its lease takes a free slot again', async () => {
    const { makeRun, taken } = await limited(db.ctx, { limit: 2 });
    const one = await makeRun();
    const lost = leaseOf((await one.propose(pending())).state);
    await db.ctx.db.write(() => run(deleteLease(lost)));
    const started = await one.propose(running());
    expect(started.status).toBe('ACCEPT');
    expect(started.state?.details[LEASE]).not.toBe(lost);
    expect(await taken()).toBe(1);
  });

  test('a run that lost its lease and finds no slot is cancelled', async () => {
    const { makeRun } = await limited(db.ctx, { limit: 1 });
    const one = await makeRun();
    const lost = leaseOf((await one.propose(pending())).state);
    await db.ctx.db.write(() => run(deleteLease(lost)));
    await (await makeRun()).propose(pending());
    expect(await one.propose(running())).toMatchObject({
      status: 'REJECT',
      details: { reason: 'Deployment concurrency limit reached after lease expiry.' },
      state: { type: 'CANCELLED' },
    });
  });

  test.each([
    ['3.4.10', running(), true],
    ['3.4.10', cancelling(), true],
    [null, running(), true],
    ['3.4.11', running(), false],
    ['3.9.1', running(), false],
  ] as const)(
    'a client %s that starts or cancels its run keeps the slot without renewing it: %j, %s',
    async (clientVersion, next, isUnending) => {
      const { makeRun, taken } = await limited(db.ctx, { limit: 1 });
      const one = await makeRun();
      const client = { apiVersion: '0.8.4', clientVersion };
      const lease = leaseOf((await one.propose(pending(), client)).state);
      await one.propose(next, client);
      expect(await taken()).toBe(1);
      const held = await db.ctx.db.write(() => oneRow(lockLease(lease)));
      const days = ((held?.expiration ?? 0) - nowMicros()) / 86_400_000_000;
      expect(days > 365).toBe(isUnending);
      await one.propose(cancelled(), client);
      expect(await taken()).toBe(0);
    },
  );

  test('a retry in the same process keeps the slot, one that is put back does not', async () => {
    const { makeRun, taken } = await limited(db.ctx, { limit: 1 });
    const one = await makeRun({ retries: 1, retry_delay: 0 });
    const lease = (await one.propose(pending())).state?.details[LEASE];
    await one.propose(running());
    const retried = await one.propose(failed('boom'));
    expect(retried).toMatchObject({ status: 'REJECT', state: { name: 'AwaitingRetry' } });
    expect(retried.state?.details[LEASE]).toBe(lease);
    expect(await taken()).toBe(1);
    await one.propose(running());
    await one.propose(awaitingRetry({ at: nowMicros() }));
    expect(await taken()).toBe(0);
  });

  test('a refusal by a later rule gives the slot back', async () => {
    const { makeRun, taken } = await limited(db.ctx, { limit: 1 });
    const one = await makeRun();
    const details = { pause_reschedule: true };
    await setFlowRunState(db.ctx, { flowRunId: one.id, proposed: running(), force: true });
    await one.propose({ ...running(), type: 'PAUSED', name: 'Suspended', details });
    expect(await one.propose(pending())).toMatchObject({
      status: 'REJECT',
      state: { type: 'PAUSED' },
    });
    expect(await taken()).toBe(0);
  });

  test('removing a run under way gives its slot back', async () => {
    const { makeRun, taken } = await limited(db.ctx, { limit: 1 });
    const one = await makeRun();
    await one.propose(pending());
    await deleteFlowRun(db.ctx, { flowRunId: one.id });
    expect(await taken()).toBe(0);
  });
});
