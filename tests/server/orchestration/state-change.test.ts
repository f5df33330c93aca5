import { expect, test } from 'vitest';

import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { createTaskRun } from '#server/commands/task-run/create-task-run.ts';
import type { Context } from '#server/context.ts';
import { type Script, rows } from '#server/db/script.ts';
import { flowRunTransition, readLockedFlowRun } from '#server/orchestration/flow-run-transition.ts';
import { failed, pending, running, scheduled } from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import { setTaskRunState } from '#server/orchestration/set-task-run-state.ts';
import type { ProposedState } from '#server/orchestration/states.ts';
import { addSeconds, nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import {
  insertDeployment,
  insertFlow,
  readEvents,
  readStateNames,
} from '#tests/support/orchestration.ts';

const completed = (data: ProposedState['data'] = null): ProposedState => ({
  ...running(),
  type: 'COMPLETED',
  name: 'Completed',
  data,
});

const makeRun = async (ctx: Context, state: ProposedState = pending()) => {
  const flow = await insertFlow(ctx);
  const { flowRun } = await createFlowRun(ctx, { flowId: flow.id, state });
  return { flow, id: flowRun.id };
};

const journal = (ctx: Context, entityId: string) => {
  const query = ctx.db.builder
    .selectFrom('change')
    .select(['topic', 'kind', 'flowRunId'])
    .where('entityId', '=', entityId)
    .orderBy('seq');
  return ctx.db.read(() => rows(query));
};

describeEachDatabase('a state change', (db) => {
  test('an unknown run is not found', async () => {
    const id = '00000000-0000-4000-8000-000000000000';
    const proposed = running();
    await expect(setFlowRunState(db.ctx, { flowRunId: id, proposed })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'Flow run not found',
    });
    await expect(setTaskRunState(db.ctx, { taskRunId: id, proposed })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'Task run not found',
    });
  });

  test('a refusal writes no state, event or journal entry', async () => {
    const { id } = await makeRun(db.ctx, scheduled({ at: addSeconds(nowMicros(), 60) }));
    const refused = await setFlowRunState(db.ctx, { flowRunId: id, proposed: running() });
    expect(refused).toMatchObject({ status: 'WAIT', state: { name: 'Scheduled' } });
    expect(await readStateNames(db.ctx, id)).toEqual(['Scheduled']);
    expect(await readEvents(db.ctx, id)).toHaveLength(1);
    expect(await journal(db.ctx, id)).toHaveLength(1);
  });

  test('of many that propose PENDING at once one wins', async () => {
    const { id } = await makeRun(db.ctx, scheduled({ at: nowMicros() }));
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        setFlowRunState(db.ctx, { flowRunId: id, proposed: pending() }),
      ),
    );
    expect(answers.filter(({ status }) => status === 'ACCEPT')).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 'ABORT')).toHaveLength(9);
    expect(answers.every(({ state }) => state?.name === 'Pending')).toBe(true);
  });

  test('states of a run that are entered at once keep an order of their own', async () => {
    const { id } = await makeRun(db.ctx, running());
    const proposals = Array.from({ length: 20 }, (_, step) => ({
      ...running(),
      name: `Step ${step}`,
    }));
    await Promise.all(
      proposals.map((proposed) => setFlowRunState(db.ctx, { flowRunId: id, proposed })),
    );
    expect(new Set(await readStateNames(db.ctx, id)).size).toBe(21);
  });

  test('it is recorded as an event under the id of its state', async () => {
    const flow = await insertFlow(db.ctx);
    const deployment = await insertDeployment(db.ctx, { flowId: flow.id });
    const createdBy = { id: 'c1', type: 'AUTOMATION', display_value: 'nightly' };
    const { flowRun, state: first } = await createFlowRun(db.ctx, {
      flowId: flow.id,
      name: 'quiet-otter',
      deploymentId: deployment.id,
      tags: ['b', 'a', 'b'],
      createdBy,
      state: pending(),
    });
    const proposed = { ...running(), message: 'here we go' };
    const { state } = await setFlowRunState(db.ctx, { flowRunId: flowRun.id, proposed });
    const [, event] = await readEvents(db.ctx, flowRun.id);
    expect(event).toMatchObject({
      id: state?.id,
      event: 'prefect.flow-run.Running',
      occurred: state?.timestamp,
      follows: first?.id,
      resource: {
        'prefect.resource.id': `prefect.flow-run.${flowRun.id}`,
        'prefect.resource.name': 'quiet-otter',
        'prefect.run-count': '1',
        'prefect.state-message': 'here we go',
        'prefect.state-name': 'Running',
        'prefect.state-timestamp': expect.stringMatching(/\+00:00$/),
        'prefect.state-type': 'RUNNING',
      },
      payload: {
        intended: { from: 'PENDING', to: 'RUNNING' },
        initial_state: { type: 'PENDING', name: 'Pending' },
        validated_state: { type: 'RUNNING', name: 'Running', message: 'here we go' },
      },
    });
    expect(event?.related).toMatchObject([
      { 'prefect.resource.id': `prefect.flow.${flow.id}`, 'prefect.resource.role': 'flow' },
      { 'prefect.resource.id': `prefect.deployment.${deployment.id}` },
      { 'prefect.resource.id': 'prefect.tag.a', 'prefect.resource.role': 'tag' },
      { 'prefect.resource.id': 'prefect.tag.b' },
      {
        'prefect.resource.id': 'prefect.automation.c1',
        'prefect.resource.role': 'creator',
        'prefect.resource.name': 'nightly',
      },
    ]);
  });

  test('it is noted in the journal', async () => {
    const { id } = await makeRun(db.ctx);
    await setFlowRunState(db.ctx, { flowRunId: id, proposed: running() });
    expect(await journal(db.ctx, id)).toEqual([
      { topic: 'flow-run', kind: 'created', flowRunId: id },
      { topic: 'flow-run', kind: 'updated', flowRunId: id },
    ]);
  });

  test('its data is kept as an artifact and read back with the state', async () => {
    const { id } = await makeRun(db.ctx, running());
    const data = { type: 'reference', storage_key: 'k', artifact_key: 'my-result' };
    await setFlowRunState(db.ctx, { flowRunId: id, proposed: completed(data) });
    const row = await db.ctx.db.write(() => readLockedFlowRun(id));
    expect(row?.currentStateResult).toEqual({ type: 'reference', storage_key: 'k' });
    const query = db.ctx.db.builder.selectFrom('artifact').selectAll().where('flowRunId', '=', id);
    expect(await db.ctx.db.read(() => rows(query))).toMatchObject([{ key: 'my-result' }]);
  });

  test('data that nobody keeps is answered but not stored', async () => {
    const { id } = await makeRun(db.ctx, running());
    const data = { type: 'unpersisted' };
    const { state } = await setFlowRunState(db.ctx, { flowRunId: id, proposed: completed(data) });
    expect(state?.data).toEqual(data);
    const row = await db.ctx.db.write(() => readLockedFlowRun(id));
    expect(row).toMatchObject({ currentStateResult: null, currentStateData: null });
  });

  test('a subflow takes the task run that stands for it along', async () => {
    const { id: parentId, flow } = await makeRun(db.ctx, running());
    const { taskRun } = await createTaskRun(db.ctx, {
      flowRunId: parentId,
      taskKey: 'subflow',
      dynamicKey: '0',
      state: pending(),
    });
    const { flowRun, state } = await createFlowRun(db.ctx, {
      flowId: flow.id,
      parentTaskRunId: taskRun.id,
      state: running(),
    });
    expect(state?.details).toMatchObject({ flow_run_id: flowRun.id, task_run_id: taskRun.id });
    await setFlowRunState(db.ctx, { flowRunId: flowRun.id, proposed: failed('boom') });
    const result = await setTaskRunState(db.ctx, {
      taskRunId: taskRun.id,
      proposed: { ...running(), type: 'CRASHED', name: 'Crashed' },
    });
    expect(result).toMatchObject({
      status: 'ABORT',
      state: {
        type: 'FAILED',
        message: 'boom',
        details: {
          child_flow_run_id: flowRun.id,
          flow_run_id: parentId,
          task_run_id: taskRun.id,
        },
      },
      run: { runCount: 1, stateType: 'FAILED' },
    });
  });
});

/** Passes a script on and counts its steps by kind. */
function* counted<T>(script: Script<T>, counts: Map<string, number>): Script<T> {
  let turn = script.next([]);
  while (turn.done !== true) {
    counts.set(turn.value.kind, (counts.get(turn.value.kind) ?? 0) + 1);
    turn = script.next(yield turn.value);
  }
  return turn.value;
}

describeEachDatabase('what a state change costs', (db) => {
  const propose = async (flowRunId: string, proposed: ProposedState) => {
    const counts = new Map<string, number>();
    const { status } = await db.ctx.db.write(() =>
      counted(flowRunTransition(db.ctx, { flowRunId, proposed }), counts),
    );
    return { status, reads: counts.get('rows') ?? 0, writes: counts.get('run') ?? 0 };
  };

  test('a refused one reads once and writes nothing', async () => {
    const { id } = await makeRun(db.ctx, scheduled({ at: addSeconds(nowMicros(), 60) }));
    expect(await propose(id, running())).toEqual({ status: 'WAIT', reads: 1, writes: 0 });
  });

  test('an accepted one waits for the database once before it writes', async () => {
    const { id } = await makeRun(db.ctx);
    const { status, reads, writes } = await propose(id, running());
    expect({ status, reads }).toEqual({ status: 'ACCEPT', reads: 1 });
    expect(writes).toBe(db.ctx.db.dialect.hasConcurrentWriters ? 1 : 5);
  });
});

describeEachDatabase('clients of an older API', (db) => {
  const older = { apiVersion: '0.8.2', clientVersion: null };

  test('have failed tasks put back when the flow run is retried', async () => {
    const flow = await insertFlow(db.ctx);
    const { flowRun } = await createFlowRun(db.ctx, {
      flowId: flow.id,
      state: running(),
      empiricalPolicy: { retries: 1, retry_delay: 0 },
    });
    const task = { flowRunId: flowRun.id, taskKey: 't', dynamicKey: '0' };
    const { taskRun } = await createTaskRun(db.ctx, { ...task, state: running() });
    await setTaskRunState(db.ctx, { taskRunId: taskRun.id, proposed: failed('boom') });
    const proposed = failed('boom');
    const result = await setFlowRunState(db.ctx, {
      flowRunId: flowRun.id,
      proposed,
      client: older,
    });
    expect(result.state?.name).toBe('AwaitingRetry');
    const put = await createTaskRun(db.ctx, { ...task, state: pending() });
    expect(put).toMatchObject({
      created: false,
      state: { name: 'AwaitingRetry' },
      taskRun: { runCount: 0 },
    });
  });

  test('count a resumed run once more', async () => {
    const { id } = await makeRun(db.ctx, running());
    const details = { pause_key: 'k' };
    await setFlowRunState(db.ctx, {
      flowRunId: id,
      proposed: { ...running(), type: 'PAUSED', name: 'Paused', details },
    });
    const resumed = { flowRunId: id, proposed: running() };
    await setFlowRunState(db.ctx, resumed);
    const again = await setFlowRunState(db.ctx, { ...resumed, client: older });
    expect(again.run).toMatchObject({ runCount: 3, empiricalPolicy: { resuming: true } });
  });
});
