import { expect, test } from 'vitest';

import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { createFlow } from '#server/commands/flow/create-flow.ts';
import { createTaskRun } from '#server/commands/task-run/create-task-run.ts';
import { createWorkPool } from '#server/commands/work-pool/create-work-pool.ts';
import { run } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import { pending, running } from '#server/orchestration/proposals.ts';
import { setTaskRunState } from '#server/orchestration/set-task-run-state.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

import { mutate } from './support/mutate.ts';
import { data, follow } from './support/operations.ts';

const STATES = `subscription States($filter: TaskRunFilter) {
  taskRunStateChanged(filter: $filter) {
    state { type } previousState { type } taskRun { name }
  }
}`;

const setTotal = statement<[seconds: number, id: string]>(
  'UPDATE flow_run SET total_run_time = ? WHERE id = ?',
);

describeEachDatabase('The parts of work', (db) => {
  test('a work queue is paused and resumed', async () => {
    await createWorkPool(db.ctx, { name: 'pool', type: 'process' });
    const input = { workQueue: { name: { workPool: 'pool', name: 'default' } } };
    const payload = 'workQueue { isPaused status }';
    expect(await mutate(db.ctx, 'pauseWorkQueue', { input, payload })).toMatchObject({
      workQueue: { isPaused: true, status: 'PAUSED' },
    });
    expect(await mutate(db.ctx, 'resumeWorkQueue', { input, payload })).toMatchObject({
      workQueue: { isPaused: false },
    });
    const unknown = { workQueue: { name: { workPool: 'pool', name: 'no' } } };
    expect(await mutate(db.ctx, 'pauseWorkQueue', { input: unknown })).toMatchObject({
      __typename: 'NotFoundError',
    });
  });

  test('a deployment keeps the version of where it is from, and is told as a simple one', async () => {
    const { flow } = await createFlow(db.ctx, { name: 'versioned' });
    const made = await mutate(db.ctx, 'createDeployment', {
      input: { name: 'd', flowId: flow.id, versionInfo: { type: 'vcs:git', version: 'abc' } },
      payload: 'deployment { version versionInfo { type version } }',
    });
    expect(made).toMatchObject({
      deployment: { version: 'abc', versionInfo: { type: 'prefect:simple', version: 'abc' } },
    });
  });

  test('runs are told by the mean of their time', async () => {
    const { flow } = await createFlow(db.ctx, { name: 'timed' });
    const query = `query Mean($id: ID!) {
      flow(by: { id: $id }) { runAggregate { count averageRunTimeSeconds } }
    }`;
    expect(await data(db.ctx, query, { id: flow.id })).toMatchObject({
      flow: { runAggregate: { count: 0, averageRunTimeSeconds: null } },
    });
    for (const seconds of [2, 4]) {
      const { flowRun } = await createFlowRun(db.ctx, { flowId: flow.id, state: pending() });
      await db.ctx.db.write(() => run(setTotal(seconds * 1_000_000, flowRun.id)));
    }
    expect(await data(db.ctx, query, { id: flow.id })).toMatchObject({
      flow: { runAggregate: { count: 2, averageRunTimeSeconds: 3 } },
    });
  });

  test('states of task runs are told as they come', async () => {
    const { taskRun } = await createTaskRun(db.ctx, {
      taskKey: 't',
      dynamicKey: 'followed',
      name: 'followed',
      state: pending(),
    });
    const live = await follow(db.ctx, STATES, { filter: { id: { in: [taskRun.id] } } });
    const next = live.next();
    await setTaskRunState(db.ctx, { taskRunId: taskRun.id, proposed: running() });
    expect(await next).toMatchObject({
      taskRunStateChanged: {
        state: { type: 'RUNNING' },
        previousState: { type: 'PENDING' },
        taskRun: { name: 'followed' },
      },
    });
    await live.stop();
  });
});
