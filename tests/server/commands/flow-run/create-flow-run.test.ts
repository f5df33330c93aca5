import { expect, test } from 'vitest';

import { createDeployment } from '#server/commands/deployment/create-deployment.ts';
import { type CreateFlowRun, createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { createTaskRun } from '#server/commands/task-run/create-task-run.ts';
import { pending, running, scheduled } from '#server/orchestration/proposals.ts';
import { addSeconds, nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { insertDeployment, insertFlow, readEvents } from '#tests/support/orchestration.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

describeEachDatabase('making a flow run', (db) => {
  const make = async (input: Partial<CreateFlowRun> = {}) => {
    const flowId = input.flowId ?? (await insertFlow(db.ctx)).id;
    return createFlowRun(db.ctx, { flowId, state: pending(), ...input });
  };

  test('its flow must exist', async () => {
    await expect(make({ flowId: UNKNOWN })).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { constraint: 'foreign_key' },
    });
  });

  test('the task run above it must exist', async () => {
    await expect(make({ parentTaskRunId: UNKNOWN })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('what is left out takes the defaults', async () => {
    const { flowRun, created } = await make();
    expect(created).toBe(true);
    expect(flowRun).toMatchObject({
      name: expect.stringMatching(/^[a-z]+-[a-z]+$/),
      parameters: {},
      context: {},
      tags: [],
      labels: { 'prefect.flow.id': flowRun.flowId },
      jobVariables: {},
      empiricalPolicy: {
        max_retries: 0,
        retry_delay_seconds: 0,
        retries: null,
        retry_delay: null,
        pause_keys: [],
        resuming: false,
        retry_type: null,
      },
      stateType: 'PENDING',
      runCount: 0,
      autoScheduled: false,
      idempotencyKey: null,
    });
    expect(flowRun.expectedStartTime).toBe(flowRun.stateTimestamp);
  });

  test('an empty name is made up', async () => {
    expect((await make({ name: '' })).flowRun.name).toMatch(/^[a-z]+-[a-z]+$/);
  });

  test('the retired names of retries are carried over', async () => {
    const { flowRun } = await make({ empiricalPolicy: { max_retries: 2, retry_delay_seconds: 3 } });
    expect(flowRun.empiricalPolicy).toMatchObject({ retries: 2, retry_delay: 3 });
  });

  test('a scheduled run is due at the time that its state names', async () => {
    const at = addSeconds(nowMicros(), 3600);
    const { flowRun } = await make({ state: scheduled({ at }) });
    expect(flowRun).toMatchObject({ expectedStartTime: at, nextScheduledStartTime: at });
  });

  test('a running run has started', async () => {
    const { flowRun } = await make({ state: running() });
    expect(flowRun).toMatchObject({ runCount: 1, startTime: flowRun.stateTimestamp });
  });

  test('a run may be made without a state', async () => {
    const { flowRun, state } = await make({ state: null });
    expect(state).toBeNull();
    expect(flowRun).toMatchObject({ stateId: null, expectedStartTime: null });
    expect(await readEvents(db.ctx, flowRun.id)).toEqual([]);
  });

  test('labels of the deployment lie under those of the call', async () => {
    const flow = await insertFlow(db.ctx);
    const deployment = await insertDeployment(db.ctx, { flowId: flow.id });
    const labels = { team: 'data' };
    const { flowRun } = await make({ flowId: flow.id, deploymentId: deployment.id, labels });
    expect(flowRun.labels).toEqual({
      'prefect.flow.id': flow.id,
      'prefect.deployment.id': deployment.id,
      team: 'data',
    });
  });

  test('a run names the flow of its deployment, whatever its deployment says', async () => {
    const flow = await insertFlow(db.ctx);
    const labels = { 'prefect.flow.id': 'mine' };
    const input = { flowId: flow.id, name: 'labelled', labels };
    const { deployment } = await createDeployment(db.ctx, input);
    expect(deployment.labels).toEqual(labels);
    const other = await insertFlow(db.ctx);
    const { flowRun } = await make({ flowId: other.id, deploymentId: deployment.id });
    expect(flowRun.labels).toMatchObject({ 'prefect.flow.id': flow.id });
  });

  test('a second call with the same idempotency key gives the first run back', async () => {
    const { id: flowId } = await insertFlow(db.ctx);
    const first = await make({ flowId, idempotencyKey: 'k' });
    const second = await make({ flowId, idempotencyKey: 'k', name: 'other' });
    expect(second).toMatchObject({
      created: false,
      flowRun: { id: first.flowRun.id, name: first.flowRun.name },
      state: { id: first.state?.id },
    });
    expect(await make({ idempotencyKey: 'k' })).toMatchObject({ created: true });
  });

  test('calls at once with one idempotency key make one run', async () => {
    const { id: flowId } = await insertFlow(db.ctx);
    const made = await Promise.all(
      Array.from({ length: 8 }, () => make({ flowId, idempotencyKey: 'k' })),
    );
    expect(new Set(made.map(({ flowRun }) => flowRun.id)).size).toBe(1);
    expect(made.filter(({ created }) => created)).toHaveLength(1);
  });

  test('the first state is recorded as an event', async () => {
    const { flowRun, state } = await make();
    expect(await readEvents(db.ctx, flowRun.id)).toMatchObject([
      { id: state?.id, event: 'prefect.flow-run.Pending', follows: null },
    ]);
  });

  test('the task run that stands for a subflow enters its first state', async () => {
    const parent = await make({ state: running() });
    const task = { flowRunId: parent.flowRun.id, taskKey: 's', dynamicKey: '0' };
    const { taskRun } = await createTaskRun(db.ctx, { ...task, state: pending() });
    const child = await make({ parentTaskRunId: taskRun.id, state: running() });
    expect(await createTaskRun(db.ctx, { ...task, state: pending() })).toMatchObject({
      created: false,
      state: { type: 'RUNNING', details: { child_flow_run_id: child.flowRun.id } },
    });
  });
});
