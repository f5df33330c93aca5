import { beforeAll, expect, test } from 'vitest';

import { formatInstant, nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

import { mutate } from './support/mutate.ts';
import { data } from './support/operations.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

describeEachDatabase('Polls and heartbeats of workers', (db) => {
  const poll = (input: Record<string, unknown>, payload = 'runs { flowRun { name } workPoolId }') =>
    mutate(db.ctx, 'pollScheduledFlowRuns', { input, payload });
  const beat = (input: Record<string, unknown>) =>
    mutate(db.ctx, 'workerHeartbeat', {
      input: { workPoolName: 'pool', name: 'worker', ...input },
      payload: 'worker { name status metadata heartbeatIntervalSeconds workPool { status } }',
    });

  beforeAll(async () => {
    await mutate(db.ctx, 'createWorkPool', { input: { name: 'pool', type: 'process' } });
    const flow = await mutate(db.ctx, 'createFlow', {
      input: { name: 'polled' },
      payload: 'flow { id }',
    });
    await mutate(db.ctx, 'createDeployment', {
      input: { name: 'd', flowId: (flow['flow'] as { id: string }).id, workPoolName: 'pool' },
    });
    const deployment = { name: { flow: 'polled', deployment: 'd' } };
    for (const name of ['one', 'two'])
      await mutate(db.ctx, 'createFlowRunFromDeployment', { input: { deployment, name } });
  });

  test.each([
    [{}, 'InvalidInputError'],
    [{ workPool: { name: 'pool' }, workQueueId: UNKNOWN }, 'InvalidInputError'],
    [{ workQueueId: UNKNOWN, workQueueNames: ['default'] }, 'InvalidInputError'],
    [{ deploymentIds: [], scheduledAfter: '2024-01-01T00:00:00Z' }, 'InvalidInputError'],
    [{ workPool: { name: 'pool' }, limit: 201 }, 'InvalidInputError'],
    [{ workPool: { name: 'no' } }, 'NotFoundError'],
    [{ workPool: { id: UNKNOWN } }, 'NotFoundError'],
    [{ workPool: { name: 'pool' }, workQueueNames: ['no'] }, 'NotFoundError'],
    [{ workQueueId: UNKNOWN }, 'NotFoundError'],
  ])('a poll of %j is refused with %s', async (input, typename) => {
    expect(await poll(input)).toMatchObject({ __typename: typename });
  });

  test.each([
    [{ workPoolName: 'no' }, 'NotFoundError'],
    [{ heartbeatIntervalSeconds: 0 }, 'InvalidInputError'],
  ])('a heartbeat with %j is refused with %s', async (input, typename) => {
    expect(await beat(input)).toMatchObject({ __typename: typename });
  });

  test('a poll gives the runs that are due, in their order and no more than asked for, and makes its queue ready', async () => {
    const due = { workPool: { name: 'pool' }, scheduledBefore: formatInstant(nowMicros()) };
    expect(await poll({ ...due, limit: 1 })).toMatchObject({
      runs: [{ flowRun: { name: 'one' }, workPoolId: expect.any(String) }],
    });
    expect(await poll(due)).toMatchObject({
      runs: [{ flowRun: { name: 'one' } }, { flowRun: { name: 'two' } }],
    });
    expect(
      await data(
        db.ctx,
        '{ workQueue(by: { name: { workPool: "pool", name: "default" } }) { status lastPolled } }',
      ),
    ).toEqual({ workQueue: { status: 'READY', lastPolled: expect.any(String) } });
  });

  test('a pool that is paused gives out no run', async () => {
    await mutate(db.ctx, 'pauseWorkPool', { input: { workPool: { name: 'pool' } } });
    expect(await poll({ workPool: { name: 'pool' } })).toMatchObject({ runs: [] });
    await mutate(db.ctx, 'resumeWorkPool', { input: { workPool: { name: 'pool' } } });
  });

  test('a heartbeat makes the pool ready, and one that says less keeps what was said', async () => {
    const said = { metadata: { version: '1' }, heartbeatIntervalSeconds: 15 };
    const expected = {
      worker: { name: 'worker', status: 'ONLINE', ...said, workPool: { status: 'READY' } },
    };
    expect(await beat(said)).toMatchObject(expected);
    expect(await beat({})).toMatchObject(expected);
  });
});
