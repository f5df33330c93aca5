import { expect, test } from 'vitest';

import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { createTaskRun } from '#server/commands/task-run/create-task-run.ts';
import { deleteTaskRun } from '#server/commands/task-run/delete-task-run.ts';
import { updateTaskRun } from '#server/commands/task-run/update-task-run.ts';
import { newId } from '#server/ids.ts';
import { pending, running, scheduled } from '#server/orchestration/proposals.ts';
import { setTaskRunState } from '#server/orchestration/set-task-run-state.ts';
import { nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { insertFlow } from '#tests/support/orchestration.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

describeEachDatabase('task runs', (db) => {
  const inFlowRun = async () => {
    const flow = await insertFlow(db.ctx);
    const labels = { team: 'data' };
    const made = await createFlowRun(db.ctx, { flowId: flow.id, labels, state: running() });
    return made.flowRun.id;
  };

  test('an unknown one cannot be changed or removed', async () => {
    const gone = { code: 'NOT_FOUND', message: 'Task run not found' };
    const taskRunId = UNKNOWN;
    await expect(updateTaskRun(db.ctx, { taskRunId, name: 'x' })).rejects.toMatchObject(gone);
    await expect(deleteTaskRun(db.ctx, { taskRunId })).rejects.toMatchObject(gone);
  });

  test('its flow run must exist', async () => {
    const task = { flowRunId: UNKNOWN, taskKey: 't', dynamicKey: '0', state: pending() };
    await expect(createTaskRun(db.ctx, task)).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { constraint: 'foreign_key' },
    });
  });

  test('what is left out takes the defaults, labels those of the flow run', async () => {
    const flowRunId = await inFlowRun();
    const task = { flowRunId, taskKey: 't', dynamicKey: '0', labels: { l: 1 } };
    const { taskRun, state } = await createTaskRun(db.ctx, { ...task, state: running() });
    expect(taskRun).toMatchObject({
      name: expect.stringMatching(/^[a-z]+-[a-z]+$/),
      labels: { team: 'data', 'prefect.flow-run.id': flowRunId, l: 1 },
      empiricalPolicy: { retries: null, retry_delay: null, retry_jitter_factor: null },
      runCount: 1,
      flowRunRunCount: 0,
    });
    expect(state?.details).toMatchObject({ flow_run_id: flowRunId, task_run_id: taskRun.id });
  });

  test('the same keys give the same run', async () => {
    const flowRunId = await inFlowRun();
    const task = { flowRunId, taskKey: 't', dynamicKey: '0', state: pending() };
    const made = await Promise.all(Array.from({ length: 6 }, () => createTaskRun(db.ctx, task)));
    expect(new Set(made.map(({ taskRun }) => taskRun.id)).size).toBe(1);
    expect(made.filter(({ created }) => created)).toHaveLength(1);
  });

  test('a run that stands alone is known by its keys too, and by an id of its own', async () => {
    const task = { id: newId(), taskKey: newId(), dynamicKey: '0', state: pending() };
    const first = await createTaskRun(db.ctx, task);
    expect(first).toMatchObject({ created: true, taskRun: { id: task.id, labels: {} } });
    expect(await createTaskRun(db.ctx, task)).toMatchObject({ created: false });
  });

  test('an id that is taken by another run is refused', async () => {
    const task = { id: newId(), taskKey: newId(), dynamicKey: '0', state: pending() };
    await createTaskRun(db.ctx, task);
    const other = createTaskRun(db.ctx, { ...task, dynamicKey: '1' });
    await expect(other).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('one can be renamed and removed', async () => {
    const task = { taskKey: newId(), dynamicKey: '0', state: pending() };
    const { taskRun } = await createTaskRun(db.ctx, task);
    const taskRunId = taskRun.id;
    expect(await updateTaskRun(db.ctx, { taskRunId, name: 'other' })).toMatchObject({
      name: 'other',
    });
    await deleteTaskRun(db.ctx, { taskRunId });
    await expect(setTaskRunState(db.ctx, { taskRunId, proposed: running() })).rejects.toMatchObject(
      { code: 'NOT_FOUND' },
    );
  });

  test('a task that is left to a worker keeps its parameters and is submitted once', async () => {
    const details = { deferred: true, task_parameters_id: newId() };
    const state = { ...scheduled({ at: nowMicros() }), details };
    const { taskRun } = await createTaskRun(db.ctx, {
      taskKey: newId(),
      dynamicKey: '0',
      state,
    });
    const proposed = { ...pending(), details: { deferred: true } };
    const first = await setTaskRunState(db.ctx, { taskRunId: taskRun.id, proposed });
    expect(first.state?.details['task_parameters_id']).toBe(details.task_parameters_id);
    expect(await setTaskRunState(db.ctx, { taskRunId: taskRun.id, proposed })).toMatchObject({
      status: 'ABORT',
    });
  });
});
