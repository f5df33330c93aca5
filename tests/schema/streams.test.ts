import { beforeAll, expect, test } from 'vitest';

import { createArtifact } from '#server/commands/artifact/artifact-commands.ts';
import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { deleteFlowRun } from '#server/commands/flow-run/delete-flow-run.ts';
import { updateFlowRun } from '#server/commands/flow-run/update-flow-run.ts';
import { createFlow } from '#server/commands/flow/create-flow.ts';
import { createLogs } from '#server/commands/log/create-logs.ts';
import { createTaskRun } from '#server/commands/task-run/create-task-run.ts';
import { createWorkPool } from '#server/commands/work-pool/create-work-pool.ts';
import { recordWorkerHeartbeat } from '#server/commands/worker/record-worker-heartbeat.ts';
import { pending, running } from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import { setTaskRunState } from '#server/orchestration/set-task-run-state.ts';
import { nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

import { follow } from './support/operations.ts';

const CHANGES = `subscription Changes($filter: FlowRunFilter, $after: String) {
  flowRunStateChanged(filter: $filter, after: $after) {
    cursor state { type } previousState { type } flowRun { name }
  }
}`;

interface Change {
  readonly cursor: string;
  readonly state: { readonly type: string };
  readonly previousState: { readonly type: string } | null;
  readonly flowRun: { readonly name: string };
}

const changeOf = (message: Record<string, unknown>): Change =>
  message['flowRunStateChanged'] as Change;

describeEachDatabase('Streams', (db) => {
  let flowId = '';

  beforeAll(async () => {
    flowId = (await createFlow(db.ctx, { name: 'flow' })).flow.id;
  });

  const makeRun = async (name: string): Promise<string> =>
    (await createFlowRun(db.ctx, { flowId, name, state: pending() })).flowRun.id;

  const proposed = (type: 'COMPLETED' | 'FAILED') => ({
    type,
    name: type,
    message: null,
    details: {},
    data: null,
  });

  test('a cursor that is none is refused', async () => {
    await expect(follow(db.ctx, CHANGES, { after: 'x' })).rejects.toThrow('CURSOR_INVALID');
  });

  test('a stream of a deployment that is not there is refused', async () => {
    const query = `subscription { deployment(by: { id: "${flowId}" }) { kind } }`;
    await expect(follow(db.ctx, query)).rejects.toThrow('NOT_FOUND');
  });

  test('states come in the order of their commits, and from a cursor on nothing is missed', async () => {
    const live = await follow(db.ctx, CHANGES);
    const flowRunId = await makeRun('walker');
    await setFlowRunState(db.ctx, { flowRunId, proposed: running() });
    const first = changeOf(await live.next());
    expect(first).toMatchObject({ state: { type: 'PENDING' }, previousState: null });
    await live.stop();
    // The connection is gone while these happen.
    await setFlowRunState(db.ctx, { flowRunId, proposed: proposed('COMPLETED') });
    await makeRun('later');
    const resumed = await follow(db.ctx, CHANGES, { after: first.cursor });
    const rest = [await resumed.next(), await resumed.next(), await resumed.next()].map(changeOf);
    expect(
      rest.map(({ state, previousState, flowRun }) => [
        flowRun.name,
        previousState?.type,
        state.type,
      ]),
    ).toEqual([
      ['walker', 'PENDING', 'RUNNING'],
      ['walker', 'RUNNING', 'COMPLETED'],
      ['later', undefined, 'PENDING'],
    ]);
    await resumed.stop();
  });

  test('a message comes while the stream waits, and a rename is none', async () => {
    const flowRunId = await makeRun('quiet');
    const live = await follow(db.ctx, CHANGES, { filter: { id: { in: [flowRunId] } } });
    const next = live.next();
    await updateFlowRun(db.ctx, { flowRunId, name: 'loud' });
    await makeRun('another');
    await setFlowRunState(db.ctx, { flowRunId, proposed: running() });
    const message = changeOf(await next);
    // The rename is within seconds of the state, so the state may be told once more, but never a wrong one.
    const change = message.state.type === 'PENDING' ? changeOf(await live.next()) : message;
    expect(change).toMatchObject({ state: { type: 'RUNNING' }, flowRun: { name: 'loud' } });
    await live.stop();
  });

  test('a stream that is stopped while it waits ends', async () => {
    const live = await follow(db.ctx, CHANGES, { filter: { id: { in: [] } } });
    const waiting = live.next();
    await live.stop();
    await expect(waiting).rejects.toThrow('ended');
  });

  test('one flow run is told as it is, then as it changes, then as gone', async () => {
    const flowRunId = await makeRun('watched');
    const live = await follow(
      db.ctx,
      `subscription { flowRun(id: "${flowRunId}") { kind flowRun { name stateType } } }`,
    );
    expect(await live.next()).toEqual({
      flowRun: { kind: 'SNAPSHOT', flowRun: { name: 'watched', stateType: 'PENDING' } },
    });
    await setFlowRunState(db.ctx, { flowRunId, proposed: running() });
    expect(await live.next()).toEqual({
      flowRun: { kind: 'UPDATED', flowRun: { name: 'watched', stateType: 'RUNNING' } },
    });
    await deleteFlowRun(db.ctx, { flowRunId });
    expect(await live.next()).toEqual({ flowRun: { kind: 'DELETED', flowRun: null } });
    await live.stop();
  });

  test('news say which fields changed, and a delete changes none', async () => {
    const flowRunId = await makeRun('plain');
    const live = await follow(
      db.ctx,
      `subscription { flowRun(id: "${flowRunId}") { kind changedFields flowRun { stateType } } }`,
    );
    const next = async () => (await live.next())['flowRun'] as { changedFields: string[] };
    expect(await next()).toMatchObject({ kind: 'SNAPSHOT', changedFields: [] });
    await updateFlowRun(db.ctx, { flowRunId, name: 'renamed', tags: ['a'] });
    let news = await next();
    // While other transactions go on, its creation may be told once more.
    while (news.changedFields.length === 0) news = await next();
    expect(news).toMatchObject({ kind: 'UPDATED', changedFields: ['name', 'tags'] });
    await setFlowRunState(db.ctx, { flowRunId, proposed: running() });
    expect((await next()).changedFields).toEqual([
      'runCount',
      'startTime',
      'state',
      'stateName',
      'stateType',
    ]);
    await deleteFlowRun(db.ctx, { flowRunId });
    expect(await next()).toMatchObject({ kind: 'DELETED', changedFields: [] });
    await live.stop();
  });

  test('changes that come faster than they are read are told as one', async () => {
    const flowRunId = await makeRun('busy');
    const live = await follow(
      db.ctx,
      `subscription { flowRun(id: "${flowRunId}") { coalesced flowRun { name } } }`,
    );
    await live.next();
    for (const name of ['a', 'b', 'c']) await updateFlowRun(db.ctx, { flowRunId, name });
    let messages = 0;
    let last = '';
    while (last !== 'c') {
      const { flowRun } = (await live.next()) as { flowRun: { flowRun: { name: string } } };
      last = flowRun.flowRun.name;
      messages += 1;
    }
    // While other transactions go on, PostgreSQL may hold a change back for a moment.
    expect(messages).toBeLessThan(3);
    await live.stop();
  });

  test('the task runs of a flow run are told, those that are there first', async () => {
    const flowRunId = await makeRun('parent');
    await setFlowRunState(db.ctx, { flowRunId, proposed: running() });
    const make = (dynamicKey: string) =>
      createTaskRun(db.ctx, {
        taskKey: 't',
        dynamicKey,
        name: dynamicKey,
        flowRunId,
        state: pending(),
      });
    const { taskRun } = await make('one');
    const live = await follow(
      db.ctx,
      `subscription { taskRuns(flowRunId: "${flowRunId}") { kind taskRun { name stateType } } }`,
    );
    const next = async (): Promise<unknown> => {
      const news = (await live.next())['taskRuns'] as {
        kind: string;
        taskRun: { name: string; stateType: string };
      };
      // While other transactions go on, what was there at the start may be told once more.
      const isRepeat = news.kind === 'UPDATED' && news.taskRun.stateType === 'PENDING';
      return isRepeat ? next() : news;
    };
    expect(await next()).toMatchObject({ kind: 'SNAPSHOT', taskRun: { name: 'one' } });
    await make('two');
    expect(await next()).toMatchObject({ kind: 'CREATED', taskRun: { name: 'two' } });
    await setTaskRunState(db.ctx, { taskRunId: taskRun.id, proposed: running() });
    expect(await next()).toMatchObject({ kind: 'UPDATED', taskRun: { stateType: 'RUNNING' } });
    await live.stop();
  });

  test('an aggregate is told at once and anew after changes', async () => {
    const own = (await createFlow(db.ctx, { name: 'counted' })).flow.id;
    const live = await follow(
      db.ctx,
      `subscription { flowRunAggregate(filter: { flowId: { in: ["${own}"] } }, everySeconds: 1) { count } }`,
    );
    expect(await live.next()).toEqual({ flowRunAggregate: { count: 0 } });
    await createFlowRun(db.ctx, { flowId: own, state: pending() });
    let answer = await live.next();
    // News of other runs may come first.
    while (JSON.stringify(answer).includes('"count":0')) answer = await live.next();
    expect(answer).toEqual({ flowRunAggregate: { count: 1 } });
    await live.stop();
  });

  test('a stream of artifacts wants a flow run or a key', async () => {
    await expect(follow(db.ctx, 'subscription { artifact { kind } }')).rejects.toThrow(
      'BAD_USER_INPUT',
    );
  });

  test('the newest artifact of a key is told whenever there is another', async () => {
    const make = (data: string) =>
      createArtifact(db.ctx, { key: 'report', type: 'markdown', data });
    await make('one');
    const live = await follow(
      db.ctx,
      'subscription { artifact(key: "report") { kind artifact { data } } }',
    );
    expect(await live.next()).toEqual({
      artifact: { kind: 'SNAPSHOT', artifact: { data: 'one' } },
    });
    await make('two');
    let answer = await live.next();
    // While other transactions go on, the first may be told once more.
    while (JSON.stringify(answer).includes('one')) answer = await live.next();
    expect(answer).toEqual({ artifact: { kind: 'CREATED', artifact: { data: 'two' } } });
    await live.stop();
  });

  test('the workers of a pool are told as they come', async () => {
    const query = 'subscription { workers(workPoolName: "crew") { kind worker { name } } }';
    await expect(follow(db.ctx, query)).rejects.toThrow('NOT_FOUND');
    await createWorkPool(db.ctx, { name: 'crew', type: 'process' });
    await createWorkPool(db.ctx, { name: 'others', type: 'process' });
    const live = await follow(db.ctx, query);
    const next = live.next();
    await recordWorkerHeartbeat(db.ctx, { workPoolName: 'others', name: 'stranger' });
    await recordWorkerHeartbeat(db.ctx, { workPoolName: 'crew', name: 'hand' });
    expect(await next).toEqual({ workers: { kind: 'CREATED', worker: { name: 'hand' } } });
    await live.stop();
  });

  test('log lines come in batches: the tail, then what is written, and from a cursor on the rest', async () => {
    const flowRunId = await makeRun('talker');
    const write = (message: string) =>
      createLogs(db.ctx, [
        { name: 'log', level: 20, message, timestamp: nowMicros(), flowRunId, taskRunId: null },
      ]);
    for (const message of ['one', 'two', 'three']) await write(message);
    const LOGS = `subscription Logs($after: String) {
      logs(filter: { flowRunId: { in: ["${flowRunId}"] } }, after: $after, tail: 2) {
        cursor live logs { message }
      }
    }`;
    const live = await follow(db.ctx, LOGS);
    const tail = (await live.next())['logs'] as { cursor: string };
    expect(tail).toMatchObject({ live: true, logs: [{ message: 'two' }, { message: 'three' }] });
    const next = live.next();
    await write('four');
    expect((await next)['logs']).toMatchObject({ logs: [{ message: 'four' }] });
    await live.stop();
    await write('five');
    const resumed = await follow(db.ctx, LOGS, { after: tail.cursor });
    const missed: string[] = [];
    while (missed.at(-1) !== 'five') {
      const { logs } = (await resumed.next())['logs'] as { logs: { message: string }[] };
      missed.push(...logs.map(({ message }) => message));
    }
    // Lines that were not settled when the cursor was given come again rather than not at all.
    expect(missed.slice(-2)).toEqual(['four', 'five']);
    await resumed.stop();
  });
});
