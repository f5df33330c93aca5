import { expect, test } from 'vitest';

import { createDeployment } from '#server/commands/deployment/create-deployment.ts';
import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { createFlowRunInput } from '#server/commands/flow-run/flow-run-inputs.ts';
import { createFlow } from '#server/commands/flow/create-flow.ts';
import { createLogs } from '#server/commands/log/create-logs.ts';
import { createTaskRun } from '#server/commands/task-run/create-task-run.ts';
import { createWorkPool } from '#server/commands/work-pool/create-work-pool.ts';
import { newId } from '#server/ids.ts';
import { pending, running } from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import { setTaskRunState } from '#server/orchestration/set-task-run-state.ts';
import { nowMicros } from '#server/time.ts';
import { buildBlock, buildDocument } from '#tests/support/blocks.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

import { countStatements } from './support/count-statements.ts';
import { data, follow } from './support/operations.ts';

describeEachDatabase('The parts of a run', (db) => {
  const makeRun = async (name: string, flowName = 'parts'): Promise<string> => {
    const { flow } = await createFlow(db.ctx, { name: flowName });
    const made = await createFlowRun(db.ctx, { flowId: flow.id, name, state: pending() });
    return made.flowRun.id;
  };

  const makeTask = async (
    flowRunId: string,
    { name, upstream = [] }: { readonly name: string; readonly upstream?: readonly string[] },
  ): Promise<string> => {
    const { taskRun } = await createTaskRun(db.ctx, {
      flowRunId,
      name,
      taskKey: 'task',
      dynamicKey: newId(),
      state: pending(),
      taskInputs: { x: upstream.map((id) => ({ input_type: 'task_run', id })) },
    });
    return taskRun.id;
  };

  test('a state leads to its run, in lists with the statements of one', async () => {
    const { flow } = await createFlow(db.ctx, { name: 'stateful' });
    for (const name of ['a', 'b', 'c']) {
      const made = await createFlowRun(db.ctx, { flowId: flow.id, name, state: pending() });
      await makeTask(made.flowRun.id, { name: `task of ${name}` });
    }
    const query = `query Nested($first: Int) { flow(by: { name: "stateful" }) {
      flowRuns(first: $first, orderBy: [{ field: NAME, direction: ASC }]) { nodes {
        state { run { name __typename } } taskRuns(first: 1) { nodes { state { run { id name } } } }
      } }
    } }`;
    let answer: Record<string, unknown> = {};
    const one = await countStatements(() => data(db.ctx, query, { first: 1 }));
    const many = await countStatements(async () => {
      answer = await data(db.ctx, query, { first: 3 });
    });
    expect(many).toBe(one);
    expect(JSON.stringify(answer)).toContain('"state":{"run":{"name":"b","__typename":"FlowRun"}}');
    expect(JSON.stringify(answer)).toContain('"name":"task of c"');
  });

  test('dependencies tell whose results a task run was given', async () => {
    const flowRunId = await makeRun('dependent');
    const first = await makeTask(flowRunId, { name: 'first' });
    await makeTask(flowRunId, { name: 'second', upstream: [first, first] });
    const query = `query Nested($ids: [ID!]) { flowRuns(filter: { id: { in: $ids } }) { nodes {
      dependencies { taskRun { name } upstream { name } untrackableResult }
    } } }`;
    expect(await data(db.ctx, query, { ids: [flowRunId] })).toEqual({
      flowRuns: {
        nodes: [
          {
            dependencies: [
              {
                taskRun: { name: 'second' },
                upstream: [{ name: 'first' }],
                untrackableResult: false,
              },
              { taskRun: { name: 'first' }, upstream: [], untrackableResult: false },
            ],
          },
        ],
      },
    });
    const other = await makeRun('dependent too');
    await makeTask(other, { name: 'x', upstream: [await makeTask(other, { name: 'y' })] });
    const statements = (ids: readonly string[]) =>
      countStatements(() => data(db.ctx, query, { ids }));
    expect(await statements([flowRunId, other])).toBe(await statements([flowRunId]));
  });

  test('blocks of a deployment, a run and a pool are shown with them', async () => {
    const block = await buildBlock(db.ctx, { slug: 'place', secretFields: ['key'] });
    const documentId = await buildDocument(db.ctx, block, { name: 'here', data: { key: 'k' } });
    const { flow } = await createFlow(db.ctx, { name: 'placed' });
    const { deployment } = await createDeployment(db.ctx, {
      name: 'placed',
      flowId: flow.id,
      storageDocumentId: documentId,
      infrastructureDocumentId: documentId,
    });
    const { flowRun } = await createFlowRun(db.ctx, {
      flowId: flow.id,
      state: pending(),
      infrastructureDocumentId: documentId,
    });
    await createWorkPool(db.ctx, {
      name: 'placed',
      type: 'process',
      storageConfiguration: { default_result_storage_block_id: documentId },
    });
    const shown = { name: 'here', data: { key: '********' } };
    expect(
      await data(
        db.ctx,
        `query Show($deployment: ID!, $run: ID!) {
          deployment(by: { id: $deployment }) {
            storageDocument { name data } infrastructureDocument { name data }
            workQueueCheck { name workPool { name } }
          }
          flowRun(id: $run) { infrastructureDocument { name data } }
          workPool(by: { name: "placed" }) { storage { defaultResultStorage { name data } } }
        }`,
        { deployment: deployment.id, run: flowRun.id },
      ),
    ).toEqual({
      deployment: {
        storageDocument: shown,
        infrastructureDocument: shown,
        workQueueCheck: [{ name: 'default', workPool: { name: 'placed' } }],
      },
      flowRun: { infrastructureDocument: shown },
      workPool: { storage: { defaultResultStorage: shown } },
    });
  });

  test('deployments are found by how many of their runs may go on at once', async () => {
    const { flow } = await createFlow(db.ctx, { name: 'bounded' });
    for (const [name, concurrencyLimit] of [
      ['narrow', 1],
      ['wide', 9],
      ['open', null],
    ] as const)
      await createDeployment(db.ctx, { name, flowId: flow.id, concurrencyLimit });
    const answer = await data(
      db.ctx,
      `{
        few: deployments(filter: { flow: { name: { in: ["bounded"] } }, concurrencyLimit: { lte: 5 } }) { nodes { name } }
        many: deployments(filter: { flow: { name: { in: ["bounded"] } }, concurrencyLimit: { gte: 5 } }) { nodes { name } }
        any: deployments(filter: { flow: { name: { in: ["bounded"] } }, concurrencyLimit: { isNull: true } }) { nodes { name } }
      }`,
    );
    expect(answer).toEqual({
      few: { nodes: [{ name: 'narrow' }] },
      many: { nodes: [{ name: 'wide' }] },
      any: { nodes: [{ name: 'open' }] },
    });
  });

  test('a log line and an input are found again by their ids', async () => {
    const flowRunId = await makeRun('findable');
    await createLogs(db.ctx, [
      {
        name: 'log',
        level: 20,
        message: 'found me',
        timestamp: nowMicros(),
        flowRunId,
        taskRunId: null,
      },
    ]);
    await createFlowRunInput(db.ctx, { flowRunId, key: 'greeting', value: '"hello"' });
    const { flowRun } = (await data(
      db.ctx,
      `{ flowRun(id: "${flowRunId}") { logs { nodes { id } } input(key: "greeting") { id } } }`,
    )) as { flowRun: { logs: { nodes: readonly { id: string }[] }; input: { id: string } } };
    const ids = [flowRun.logs.nodes[0]?.id, flowRun.input.id];
    expect(
      await data(
        db.ctx,
        `query Find($ids: [ID!]!) { nodes(ids: $ids) {
          __typename ... on Log { message } ... on FlowRunInput { value }
        } }`,
        { ids },
      ),
    ).toEqual({
      nodes: [
        { __typename: 'Log', message: 'found me' },
        { __typename: 'FlowRunInput', value: 'hello' },
      ],
    });
  });

  test.each(['flowRunGraph', 'flowRunInputs'])('%s of no run is refused', async (name) => {
    const query = `subscription { ${name}(flowRunId: "${newId()}") { cursor } }`;
    await expect(follow(db.ctx, query)).rejects.toThrow('NOT_FOUND');
  });

  interface Delta {
    readonly cursor: string;
    readonly reset: boolean;
    readonly graph: {
      readonly nodes: readonly { readonly label: string; readonly stateType: string }[];
    };
  }

  const GRAPH = `subscription Graph($id: ID!, $after: String) { flowRunGraph(flowRunId: $id, after: $after) {
    cursor reset graph { states { type } nodes { label stateType } }
  } }`;

  test('a graph is told as a whole, then with the runs that changed', async () => {
    const id = await makeRun('drawn');
    await setFlowRunState(db.ctx, { flowRunId: id, proposed: running() });
    const first = await makeTask(id, { name: 'first' });
    await makeTask(id, { name: 'second' });
    const deltaOf = (message: Record<string, unknown>): Delta => message['flowRunGraph'] as Delta;
    const live = await follow(db.ctx, GRAPH, { id });
    const whole = deltaOf(await live.next());
    expect(whole.reset).toBe(true);
    expect(whole.graph.nodes.map(({ label }) => label)).toEqual(['first', 'second']);
    await setTaskRunState(db.ctx, { taskRunId: first, proposed: running() });
    let change = deltaOf(await live.next());
    while (change.graph.nodes.length === 0) change = deltaOf(await live.next());
    expect(change).toMatchObject({
      reset: false,
      graph: { nodes: [{ label: 'first', stateType: 'RUNNING' }] },
    });
    await live.stop();
    const resumed = await follow(db.ctx, GRAPH, { id, after: change.cursor });
    const next = resumed.next();
    await makeTask(id, { name: 'third' });
    const { reset, graph } = deltaOf(await next);
    expect([reset, graph.nodes.map(({ label }) => label).toSorted()]).toEqual([
      true,
      ['first', 'second', 'third'],
    ]);
    await resumed.stop();
  });

  test('inputs are told, those that are there first, and from a cursor on none is missed', async () => {
    const id = await makeRun('asked');
    const hand = (key: string) =>
      createFlowRunInput(db.ctx, { flowRunId: id, key, value: JSON.stringify(key) });
    const query = `subscription Inputs($id: ID!, $after: String) {
      flowRunInputs(flowRunId: $id, keyPrefix: "say-", after: $after) { cursor inputs { key value } }
    }`;
    interface Batch {
      readonly cursor: string;
      readonly inputs: readonly object[];
    }
    const batchOf = (message: Record<string, unknown>): Batch => message['flowRunInputs'] as Batch;
    await hand('say-first');
    const live = await follow(db.ctx, query, { id });
    const present = batchOf(await live.next());
    expect(present.inputs).toEqual([{ key: 'say-first', value: 'say-first' }]);
    const next = live.next();
    await hand('other');
    await hand('say-second');
    let heard = batchOf(await next);
    // On PostgreSQL the one that was there may be told once more.
    while (JSON.stringify(heard).includes('say-first')) heard = batchOf(await live.next());
    expect(heard.inputs).toEqual([{ key: 'say-second', value: 'say-second' }]);
    await live.stop();
    await hand('say-third');
    const resumed = await follow(db.ctx, query, { id, after: heard.cursor });
    expect(batchOf(await resumed.next()).inputs).toEqual([
      { key: 'say-third', value: 'say-third' },
    ]);
    await resumed.stop();
  });
});
