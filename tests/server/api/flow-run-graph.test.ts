import { afterAll, beforeAll, expect, test } from 'vitest';

import { type ApiServer, serveApi } from '#tests/support/api.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

const ABSENT = '00000000-0000-4000-8000-000000000000';

interface Made {
  readonly id: string;
}

describeEachDatabase('the graph of a flow run', (db) => {
  let api: ApiServer;
  let flowId: string;
  beforeAll(async () => {
    api = await serveApi(db.ctx);
    flowId = (await make('/flows/', { name: 'graph' })).id;
  });
  afterAll(() => api.close());

  const make = async (path: string, body: object): Promise<Made> =>
    (await api.call('POST', path, body)).json as Made;
  const makeRun = (more: object = {}) =>
    make('/flow_runs/', { flow_id: flowId, state: { type: 'RUNNING' }, ...more });
  const makeTask = (flowRunId: string, key: string, inputs: object = {}) =>
    make('/task_runs/', {
      flow_run_id: flowRunId,
      task_key: key,
      dynamic_key: '0',
      name: key,
      task_inputs: inputs,
      state: { type: 'RUNNING' },
    });

  test('of an unknown run is not found', async () => {
    expect(await api.call('GET', `/flow_runs/${ABSENT}/graph-v2`)).toMatchObject({
      status: 404,
      json: { exception_message: `Flow run ${ABSENT} not found` },
    });
  });

  test('since no instant is refused', async () => {
    const { id } = await makeRun();
    expect(await api.call('GET', `/flow_runs/${id}/graph-v2?since=x`)).toMatchObject({
      status: 422,
      json: { exception_detail: [{ type: 'datetime_from_date_parsing', loc: ['query', 'since'] }] },
    });
  });

  test('connects task runs by their inputs and shows a subflow in its place', async () => {
    const run = await makeRun();
    const first = await makeTask(run.id, 'first');
    const input = { input_type: 'task_run', id: first.id };
    const second = await makeTask(run.id, 'second', { a: [input], b: [input] });
    const place = await makeTask(run.id, 'place');
    const inner = await makeTask(run.id, 'inner', { __parents__: [input] });
    const subflow = await makeRun({ parent_task_run_id: place.id, name: 'sub' });
    await make('/artifacts/', { key: 'report', type: 'markdown', data: '#', flow_run_id: run.id });
    const { json } = await api.call('GET', `/flow_runs/${run.id}/graph-v2`);
    expect(json).toMatchObject({
      root_node_ids: [first.id, inner.id, subflow.id],
      nodes: [
        [first.id, { kind: 'task-run', children: [{ id: second.id }], parents: [] }],
        [second.id, { parents: [{ id: first.id }], state_type: 'RUNNING' }],
        [inner.id, { encapsulating: [{ id: first.id }], parents: [] }],
        [subflow.id, { kind: 'flow-run', label: 'graph / sub' }],
      ],
      artifacts: [{ key: 'report', type: 'markdown', is_latest: true, data: null }],
      states: [{ type: 'RUNNING' }],
    });
    const { json: dependencies } = await api.call('GET', `/flow_runs/${run.id}/graph`);
    expect(dependencies).toContainEqual(
      expect.objectContaining({ id: second.id, upstream_dependencies: [input] }),
    );
  });
});
