import { expect, test } from 'vitest';

import {
  createFlowRunFromDeployment,
  createFlowRunsFromDeployment,
} from '#server/commands/deployment/create-flow-run-from-deployment.ts';
import { deleteDeployment } from '#server/commands/deployment/delete-deployment.ts';
import { getScheduledFlowRunsOfDeployments } from '#server/commands/deployment/get-scheduled-flow-runs.ts';
import { createWorkPool } from '#server/commands/work-pool/create-work-pool.ts';
import { getScheduledFlowRuns } from '#server/commands/work-pool/get-scheduled-flow-runs.ts';
import { updateWorkPool } from '#server/commands/work-pool/update-work-pool.ts';
import { createWorkQueue } from '#server/commands/work-queue/create-work-queue.ts';
import { pollWorkQueue } from '#server/commands/work-queue/poll-work-queue.ts';
import { updateWorkQueue } from '#server/commands/work-queue/update-work-queue.ts';
import { newId } from '#server/ids.ts';
import { running, scheduled } from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import { readDeployment } from '#server/queries/deployment/read-deployment.ts';
import { addSeconds, nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { buildDeployment, eventNames } from '#tests/support/deployments.ts';

const parameterOpenapiSchema = {
  type: 'object',
  properties: { x: { type: 'integer' } },
  required: ['x'],
};

describeEachDatabase('runs of a deployment', (db) => {
  test('of an unknown one are refused', async () => {
    await expect(
      createFlowRunFromDeployment(db.ctx, { deploymentId: newId(), input: {} }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('parameters that do not fit the schema are refused, unless nobody enforces it', async () => {
    const { id: deploymentId } = await buildDeployment(db.ctx, { parameterOpenapiSchema });
    const input = { parameters: { x: 'no' } };
    await expect(
      createFlowRunFromDeployment(db.ctx, { deploymentId, input }),
    ).rejects.toMatchObject({
      code: 'CONFLICT',
      message:
        "Error creating flow run: Validation failed for field 'x'. Failure reason: 'no' is not of type 'integer'",
    });
    const { flowRun } = await createFlowRunFromDeployment(db.ctx, {
      deploymentId,
      input: { ...input, enforceParameterSchema: false },
    });
    expect(flowRun.parameters).toEqual({ x: 'no' });
  });

  test('a parameter that names an unknown variable is refused', async () => {
    const { id: deploymentId } = await buildDeployment(db.ctx);
    const parameters = { x: { __prefect_kind: 'workspace_variable', variable_name: 'none' } };
    await expect(
      createFlowRunFromDeployment(db.ctx, { deploymentId, input: { parameters } }),
    ).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: "Error hydrating flow run parameters: Variable 'none' not found in workspace.",
    });
  });

  test('a queue of a deployment without a pool is refused', async () => {
    const { id: deploymentId } = await buildDeployment(db.ctx);
    await expect(
      createFlowRunFromDeployment(db.ctx, { deploymentId, input: { workQueueName: 'fast' } }),
    ).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  test('take over what the deployment has and are scheduled for now', async () => {
    await createWorkPool(db.ctx, { name: 'runs', type: 'process' });
    const deployment = await buildDeployment(db.ctx, {
      version: '7',
      workPoolName: 'runs',
      parameters: { x: 1, y: 2 },
      tags: ['d'],
    });
    const parameters = { x: { __prefect_kind: 'json', value: '[1]' } };
    const { flowRun, state } = await createFlowRunFromDeployment(db.ctx, {
      deploymentId: deployment.id,
      input: { parameters, tags: ['r', 'd'] },
    });
    expect(flowRun).toMatchObject({
      deploymentVersion: '7',
      parameters: { x: [1], y: 2 },
      tags: ['d', 'r'],
      workQueueId: deployment.workQueueId,
      labels: { team: 'flow', 'prefect.deployment.id': deployment.id },
    });
    expect(state).toMatchObject({ type: 'SCHEDULED', name: 'Scheduled' });
  });

  test('of one idempotency key are one', async () => {
    const { id: deploymentId } = await buildDeployment(db.ctx);
    const create = () =>
      createFlowRunFromDeployment(db.ctx, { deploymentId, input: { idempotencyKey: 'once' } });
    const [first, second] = await Promise.all([create(), create()]);
    expect(first?.flowRun.id).toBe(second?.flowRun.id);
    expect([first?.created, second?.created].filter(Boolean)).toHaveLength(1);
  });

  test('made in bulk under one idempotency key are one', async () => {
    const { id: deploymentId } = await buildDeployment(db.ctx);
    const inputs = Array.from({ length: 5 }, () => ({ idempotencyKey: 'bulk' }));
    const results = await createFlowRunsFromDeployment(db.ctx, { deploymentId, inputs });
    expect(results.map(({ status }) => status)).toEqual(inputs.map(() => 'CREATED'));
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
  });

  test('made in bulk fail one by one', async () => {
    const { id: deploymentId } = await buildDeployment(db.ctx, { parameterOpenapiSchema });
    const inputs = [{}, { parameters: { x: 2 } }];
    expect(await createFlowRunsFromDeployment(db.ctx, { deploymentId, inputs })).toMatchObject([
      {
        status: 'FAILED',
        error:
          "Parameter validation failed: Validation failed. Failure reason: 'x' is a required property",
      },
      { status: 'CREATED' },
    ]);
  });
});

describeEachDatabase('polling a work pool', (db) => {
  const build = async (pool: string) => {
    await createWorkPool(db.ctx, { name: pool, type: 'process' });
    await createWorkQueue(db.ctx, { workPoolName: pool, name: 'high', priority: 1 });
    const deployment = await buildDeployment(db.ctx, { workPoolName: pool });
    const add = async (name: string, queue: string, seconds: number) => {
      const { flowRun } = await createFlowRunFromDeployment(db.ctx, {
        deploymentId: deployment.id,
        input: {
          name,
          workQueueName: queue,
          state: scheduled({ at: addSeconds(nowMicros(), seconds) }),
        },
      });
      return flowRun;
    };
    const poll = async (more: object = {}) => {
      const runs = await getScheduledFlowRuns(db.ctx, { workPoolName: pool, limit: 200, ...more });
      return runs.map(({ flowRun }) => flowRun.name);
    };
    return { deployment, add, poll };
  };

  test('of an unknown name, or a queue that it lacks, is refused', async () => {
    await createWorkPool(db.ctx, { name: 'polled' });
    const poll = { workPoolName: 'polled', workQueueNames: ['zz'], limit: 5 };
    await expect(getScheduledFlowRuns(db.ctx, poll)).rejects.toMatchObject({
      message: "Work pool queue 'polled/zz' not found.",
    });
    await expect(
      getScheduledFlowRuns(db.ctx, { workPoolName: 'none', limit: 5 }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('gives runs by priority, then by time, within the window and the limit', async () => {
    const { add, poll } = await build('order');
    await add('old', 'default', -300);
    await add('late', 'high', -50);
    await add('later', 'high', -10);
    await add('tomorrow', 'high', 86_400);
    const scheduledBefore = addSeconds(nowMicros(), 10);
    expect(await poll({ scheduledBefore })).toEqual(['late', 'later', 'old']);
    expect(await poll({ scheduledBefore, limit: 2 })).toEqual(['late', 'later']);
    expect(await poll({ workQueueNames: ['default'] })).toEqual(['old']);
    expect(await poll()).toContain('tomorrow');
  });

  test('gives no run that its own process tries again; the route of old tells of it', async () => {
    const { deployment, poll } = await build('retrying');
    const { flowRun } = await createFlowRunFromDeployment(db.ctx, {
      deploymentId: deployment.id,
      input: {
        name: 'retry',
        empiricalPolicy: { retry_type: 'in_process' },
        state: scheduled({ at: nowMicros() }),
      },
    });
    expect(await poll()).toEqual([]);
    const queuePoll = { id: flowRun.workQueueId ?? '', limit: 5, isNoted: false };
    expect(await pollWorkQueue(db.ctx, queuePoll)).toEqual([]);
    const told = await pollWorkQueue(db.ctx, { ...queuePoll, hasOwnRetries: true });
    expect(told.map(({ name }) => name)).toEqual(['retry']);
  });

  test('leaves out what has no slot, and what is paused', async () => {
    const { add, poll } = await build('slots');
    const first = await add('first', 'high', -300);
    await add('second', 'high', -200);
    await add('third', 'default', -100);
    await updateWorkQueue(db.ctx, {
      id: first.workQueueId ?? '',
      changes: { concurrencyLimit: 1 },
    });
    expect(await poll()).toEqual(['first', 'third']);
    await setFlowRunState(db.ctx, {
      flowRunId: first.id,
      proposed: { type: 'PENDING', name: 'Pending', message: null, details: {}, data: null },
    });
    expect(await poll()).toEqual(['third']);
    await updateWorkPool(db.ctx, { name: 'slots', changes: { concurrencyLimit: 1 } });
    expect(await poll()).toEqual([]);
    await updateWorkPool(db.ctx, { name: 'slots', changes: { concurrencyLimit: 2 } });
    expect(await poll()).toEqual(['third']);
    await updateWorkPool(db.ctx, { name: 'slots', changes: { isPaused: true } });
    expect(await poll()).toEqual([]);
  });

  test('makes its queues and deployments ready without counting them as changed', async () => {
    const { deployment, poll } = await build('ready');
    await poll();
    const polled = await readDeployment(db.ctx, deployment.id);
    expect(polled).toMatchObject({ status: 'READY', updated: deployment.updated });
    expect(polled?.lastPolled).not.toBeNull();
    await poll();
    expect(await eventNames(db.ctx, `prefect.deployment.${deployment.id}`)).toEqual([
      'prefect.deployment.created',
      'prefect.deployment.ready',
    ]);
    expect(await eventNames(db.ctx, `prefect.work-queue.${deployment.workQueueId}`)).toEqual([
      'prefect.work-queue.created',
      'prefect.work-queue.ready',
    ]);
  });
});

describeEachDatabase('polling deployments', (db) => {
  test('gives what is due of those that were named, soonest first', async () => {
    const served = await buildDeployment(db.ctx, { name: 'served' });
    const other = await buildDeployment(db.ctx, { name: 'other', flowId: served.flowId });
    const add = (deploymentId: string, name: string, seconds: number) =>
      createFlowRunFromDeployment(db.ctx, {
        deploymentId,
        input: { name, state: scheduled({ at: addSeconds(nowMicros(), seconds) }) },
      });
    await add(served.id, 'second', -10);
    await add(served.id, 'first', -20);
    await add(served.id, 'tomorrow', 86_400);
    await add(other.id, 'not asked for', -30);
    const poll = async (deploymentIds: readonly string[], limit: number) => {
      const scheduledBefore = addSeconds(nowMicros(), 10);
      const asked = { deploymentIds, scheduledBefore, limit };
      const runs = await getScheduledFlowRunsOfDeployments(db.ctx, asked);
      return runs.map(({ name }) => name);
    };
    expect(await poll([], 5)).toEqual([]);
    expect(await poll([served.id], 5)).toEqual(['first', 'second']);
    expect(await poll([served.id], 1)).toEqual(['first']);
    expect(await readDeployment(db.ctx, served.id)).toMatchObject({ status: 'READY' });
    expect(await readDeployment(db.ctx, other.id)).toMatchObject({ status: 'NOT_READY' });
  });

  test('gives no run of a deployment that is gone', async () => {
    const { id: deploymentId } = await buildDeployment(db.ctx, { name: 'gone' });
    const state = running();
    const { flowRun } = await createFlowRunFromDeployment(db.ctx, {
      deploymentId,
      input: { state },
    });
    await deleteDeployment(db.ctx, deploymentId);
    const proposed = scheduled({ at: nowMicros() });
    await setFlowRunState(db.ctx, { flowRunId: flowRun.id, proposed, force: true });
    const asked = { deploymentIds: [deploymentId], limit: 5 };
    expect(await getScheduledFlowRunsOfDeployments(db.ctx, asked)).toEqual([]);
  });
});
