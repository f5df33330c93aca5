import { expect, test } from 'vitest';

import { describeEachDatabase } from '#tests/support/database.ts';

import { ask, data } from './support/operations.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

describeEachDatabase('Mutations', (db) => {
  const mutate = async (
    name: string,
    input: Record<string, unknown>,
    selection: string,
  ): Promise<Record<string, unknown>> => {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    const answer = await data(
      db.ctx,
      `mutation Do($input: ${type}Input!) { ${name}(input: $input) {
        __typename ${selection} ... on Error { code message }
      } }`,
      { input },
    );
    return answer[name] as Record<string, unknown>;
  };

  const makeFlow = async (name: string): Promise<string> =>
    (
      (await mutate('createFlow', { name }, '... on CreateFlowPayload { flow { id } }')) as {
        flow: { id: string };
      }
    ).flow.id;

  const makeRun = async (flowId: string): Promise<string> =>
    (
      (await mutate(
        'createFlowRun',
        { flowId },
        '... on CreateFlowRunPayload { flowRun { id } }',
      )) as { flowRun: { id: string } }
    ).flowRun.id;

  test.each([
    ['createFlow', { name: 'a/b' }, 'InvalidInputError'],
    ['updateFlow', { id: UNKNOWN, tags: [] }, 'NotFoundError'],
    ['deleteFlow', { id: UNKNOWN }, 'NotFoundError'],
    ['createFlowRun', { flowId: UNKNOWN }, 'NotFoundError'],
    ['createFlowRunFromDeployment', { deployment: { id: UNKNOWN } }, 'NotFoundError'],
    ['setFlowRunState', { id: UNKNOWN, state: { type: 'RUNNING' } }, 'NotFoundError'],
    ['cancelFlowRun', { id: UNKNOWN }, 'NotFoundError'],
    ['deleteTaskRun', { id: UNKNOWN }, 'NotFoundError'],
    ['createDeployment', { name: 'd', flowId: UNKNOWN }, 'NotFoundError'],
    [
      'pauseDeployment',
      { deployment: { name: { flow: 'no', deployment: 'no' } } },
      'NotFoundError',
    ],
    ['createWorkPool', { name: 'prefect-mine' }, 'ProtectedError'],
    ['pauseWorkPool', { workPool: { name: 'no' } }, 'NotFoundError'],
    ['createWorkQueue', { name: 'q', workPool: { name: 'no' } }, 'NotFoundError'],
    ['createArtifact', { key: 'No Key' }, 'InvalidInputError'],
    ['createVariable', { name: 'Not a name' }, 'InvalidInputError'],
    ['deleteVariable', { variable: { name: 'no' } }, 'NotFoundError'],
  ])('%s of %j is refused with %s', async (name, input, typename) => {
    const answer = await mutate(name, input, '');
    expect(answer).toMatchObject({ __typename: typename, message: expect.any(String) });
  });

  test('an input of the wrong shape is an error of the operation', async () => {
    const { body } = await ask(db.ctx, 'mutation { createFlow(input: {}) { __typename } }');
    expect(body.errors?.[0]?.message).toContain('"name"');
  });

  test('a flow is made once, changed and deleted', async () => {
    const selection = '... on CreateFlowPayload { created flow { id name tags } }';
    const made = await mutate('createFlow', { name: 'report', tags: ['a'] }, selection);
    expect(made).toMatchObject({ created: true, flow: { name: 'report', tags: ['a'] } });
    const again = await mutate('createFlow', { name: 'report', tags: ['b'] }, selection);
    expect(again).toEqual({ ...made, created: false });
    const { id } = made['flow'] as { id: string };
    expect(
      await mutate('updateFlow', { id, tags: ['c'] }, '... on UpdateFlowPayload { flow { tags } }'),
    ).toEqual({ __typename: 'UpdateFlowPayload', flow: { tags: ['c'] } });
    expect(await mutate('deleteFlow', { id }, '... on DeletePayload { deletedId }')).toEqual({
      __typename: 'DeletePayload',
      deletedId: id,
    });
    expect(await data(db.ctx, `{ flow(by: { id: "${id}" }) { id } }`)).toEqual({ flow: null });
  });

  test('verdicts on a proposed state are data', async () => {
    const id = await makeRun(await makeFlow('states'));
    const propose = (type: string) =>
      mutate(
        'setFlowRunState',
        { id, state: { type } },
        `... on SetFlowRunStatePayload {
          status state { type name } details { __typename ... on RejectDetails { reason } ... on AbortDetails { reason } }
          flowRun { stateType runCount }
        }`,
      );
    expect(await propose('PENDING')).toMatchObject({
      status: 'ABORT',
      state: { type: 'PENDING' },
      details: { __typename: 'AbortDetails', reason: expect.any(String) },
      flowRun: { runCount: 0 },
    });
    expect(await propose('RUNNING')).toMatchObject({
      status: 'ACCEPT',
      details: { __typename: 'AcceptDetails' },
      flowRun: { stateType: 'RUNNING', runCount: 1 },
    });
  });

  test('a run is cancelled, and retried only once it has ended', async () => {
    const id = await makeRun(await makeFlow('steered'));
    const current = '... on ConflictError { current { id ... on FlowRun { stateName } } }';
    const early = await mutate('retryFlowRun', { id }, current);
    expect(early).toMatchObject({
      __typename: 'ConflictError',
      code: 'CONFLICT',
      current: { id, stateName: expect.any(String) },
    });
    const cancelled = await mutate(
      'cancelFlowRun',
      { id, message: 'enough' },
      '... on CancelFlowRunPayload { status flowRun { state { type message } } }',
    );
    expect(cancelled).toMatchObject({
      status: 'ACCEPT',
      flowRun: { state: { type: 'CANCELLING', message: 'enough' } },
    });
  });

  test('a deployment is made with schedules and a pool, and runs are made from it', async () => {
    const flowId = await makeFlow('deployed');
    expect(
      await mutate(
        'createWorkPool',
        { name: 'pool', type: 'process', concurrencyLimit: 3 },
        '... on CreateWorkPoolPayload { workPool { name defaultQueue { name } status } }',
      ),
    ).toMatchObject({ workPool: { name: 'pool', defaultQueue: { name: 'default' } } });
    const made = await mutate(
      'createDeployment',
      {
        name: 'nightly',
        flowId,
        workPoolName: 'pool',
        parameters: { x: 1 },
        schedules: [{ schedule: { cron: { cron: '0 3 * * *', timezone: 'Europe/Berlin' } } }],
      },
      `... on CreateDeploymentPayload { created deployment {
        id fullName paused workPool { name } workQueue { name }
        schedules { id active schedule { __typename ... on CronSchedule { cron timezone dayOr } } }
      } }`,
    );
    expect(made).toMatchObject({
      created: true,
      deployment: {
        fullName: 'deployed/nightly',
        workPool: { name: 'pool' },
        workQueue: { name: 'default' },
        schedules: [
          {
            active: true,
            schedule: {
              __typename: 'CronSchedule',
              cron: '0 3 * * *',
              timezone: 'Europe/Berlin',
              dayOr: true,
            },
          },
        ],
      },
    });
    const deployment = { name: { flow: 'deployed', deployment: 'nightly' } };
    expect(
      await mutate(
        'createDeploymentSchedules',
        { deployment, schedules: [{ schedule: { cron: { cron: 'no' } } }] },
        '',
      ),
    ).toMatchObject({ __typename: 'InvalidInputError' });
    expect(
      await mutate(
        'pauseDeployment',
        { deployment },
        '... on PauseDeploymentPayload { deployment { paused } }',
      ),
    ).toMatchObject({ deployment: { paused: true } });
    const run = await mutate(
      'createFlowRunFromDeployment',
      { deployment, parameters: { y: 2 }, idempotencyKey: 'k' },
      '... on CreateFlowRunFromDeploymentPayload { created flowRun { parameters stateType deployment { name } workPool { name } } }',
    );
    expect(run).toMatchObject({
      created: true,
      flowRun: {
        parameters: { x: 1, y: 2 },
        stateType: 'SCHEDULED',
        deployment: { name: 'nightly' },
        workPool: { name: 'pool' },
      },
    });
  });

  test('many runs of a deployment are made, each by itself', async () => {
    const flowId = await makeFlow('many');
    await mutate(
      'createDeployment',
      {
        name: 'strict',
        flowId,
        enforceParameterSchema: true,
        parameterOpenapiSchema: {
          type: 'object',
          properties: { x: { type: 'integer' } },
          required: ['x'],
        },
      },
      '',
    );
    const made = await mutate(
      'bulkCreateFlowRunsFromDeployment',
      {
        deployment: { name: { flow: 'many', deployment: 'strict' } },
        runs: [{ parameters: { x: 1 }, name: 'good' }, { parameters: { x: 'no' } }],
      },
      `... on BulkCreateFlowRunsFromDeploymentPayload {
        results { index flowRun { name } error { __typename message } }
      }`,
    );
    expect(made['results']).toMatchObject([
      { index: 0, flowRun: { name: 'good' }, error: null },
      { index: 1, flowRun: null, error: { __typename: 'InvalidInputError' } },
    ]);
  });

  test('a variable of a known name is refused', async () => {
    const selection = '... on CreateVariablePayload { variable { name value } }';
    const input = { name: 'answer', value: { deep: [42] } };
    expect(await mutate('createVariable', input, selection)).toMatchObject({
      variable: { name: 'answer', value: { deep: [42] } },
    });
    expect(await mutate('createVariable', input, selection)).toMatchObject({
      __typename: 'AlreadyExistsError',
    });
  });

  test('an artifact is shown by its kind and kept by its key', async () => {
    const made = await mutate(
      'createArtifact',
      { key: 'table', type: 'table', data: JSON.stringify([{ a: 1 }, { b: 2 }]) },
      '... on CreateArtifactPayload { artifact { id __typename isLatest ... on TableArtifact { columns rows } } }',
    );
    expect(made).toMatchObject({
      artifact: {
        __typename: 'TableArtifact',
        isLatest: true,
        columns: ['a', 'b'],
        rows: [{ a: 1 }, { b: 2 }],
      },
    });
    const { id } = made['artifact'] as { id: string };
    expect(
      await data(
        db.ctx,
        `{ artifact(by: { latestKey: "table" }) { id }
           artifactCollections { nodes { key latest { id } versions { totalCount } } }
           node(id: "${id}") { __typename id ... on TableArtifact { columns } } }`,
      ),
    ).toEqual({
      artifact: { id },
      artifactCollections: {
        nodes: [{ key: 'table', latest: { id }, versions: { totalCount: 1 } }],
      },
      node: { __typename: 'TableArtifact', id, columns: ['a', 'b'] },
    });
  });

  test('anything is found again by its id', async () => {
    const flowId = await makeFlow('found');
    const runId = await makeRun(flowId);
    const { flowRun } = (await data(
      db.ctx,
      `{ flowRun(id: "${runId}") { state { id } states { nodes { id name } } } }`,
    )) as { flowRun: { state: { id: string } } };
    const found = await data(
      db.ctx,
      `query Find($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Run { name stateType states(first: 1) { nodes { name } } } ... on Flow { name } ... on State { type } } }`,
      { ids: [flowRun.state.id, flowId, UNKNOWN, runId.toUpperCase()] },
    );
    expect(found['nodes']).toMatchObject([
      { __typename: 'State', type: 'PENDING' },
      { __typename: 'Flow', name: 'found' },
      null,
      {
        __typename: 'FlowRun',
        id: runId,
        stateType: 'PENDING',
        states: { nodes: [{ name: 'Pending' }] },
      },
    ]);
  });

  test('many runs are worked on at once, within a bound', async () => {
    const flowId = await makeFlow('bulk');
    for (let count = 0; count < 3; count += 1) await makeRun(flowId);
    const filter = { flowId: { in: [flowId] } };
    const state = { type: 'RUNNING' };
    const many = await mutate('bulkSetFlowRunState', { filter, state, limit: 51 }, '');
    expect(many).toMatchObject({ __typename: 'InvalidInputError' });
    expect(
      await mutate(
        'bulkSetFlowRunState',
        { filter, state, limit: 2 },
        '... on BulkSetFlowRunStatePayload { hasMore results { status state { type } } }',
      ),
    ).toEqual({
      __typename: 'BulkSetFlowRunStatePayload',
      hasMore: true,
      results: [
        { status: 'ACCEPT', state: { type: 'RUNNING' } },
        { status: 'ACCEPT', state: { type: 'RUNNING' } },
      ],
    });
    const deleted = await data(
      db.ctx,
      `mutation Delete($input: BulkDeleteFlowRunsInput!) { bulkDeleteFlowRuns(input: $input) {
        ... on BulkDeletePayload { deletedIds hasMore } } }`,
      { input: { filter } },
    );
    expect(deleted['bulkDeleteFlowRuns']).toMatchObject({
      deletedIds: { length: 3 },
      hasMore: false,
    });
  });

  test('a run shows its graph, a schedule its dates, a queue its health and slots', async () => {
    const flowId = await makeFlow('shown');
    const id = await makeRun(flowId);
    await mutate('setFlowRunState', { id, state: { type: 'RUNNING' } }, '');
    const input = {
      flowRunId: id,
      taskKey: 't',
      dynamicKey: '0',
      name: 'step',
      state: { type: 'PENDING' },
    };
    await mutate('createTaskRun', input, '');
    expect(
      await data(
        db.ctx,
        `{ flowRun(id: "${id}") { graph { rootNodeIds nodes { kind label stateType parentIds } states { type } } } }`,
      ),
    ).toMatchObject({
      flowRun: {
        graph: {
          rootNodeIds: { length: 1 },
          nodes: [{ kind: 'TASK_RUN', label: 'step', stateType: 'PENDING', parentIds: [] }],
          states: [{ type: 'PENDING' }, { type: 'RUNNING' }],
        },
      },
    });
    await mutate('createWorkPool', { name: 'shown', type: 'process' }, '');
    await mutate(
      'createDeployment',
      {
        name: 'daily',
        flowId,
        workPoolName: 'shown',
        schedules: [{ schedule: { interval: { intervalSeconds: 3600 } } }],
      },
      '',
    );
    const shown = await data(
      db.ctx,
      `{ workPool(by: { name: "shown" }) {
           activeSlots concurrencyStatus { activeSlots limit flowRuns { totalCount } }
           queues { nodes { name health { healthy lateRunsCount } } } workers { totalCount }
           deployments { nodes { name schedules { nextRuns(first: 2) } } } } }`,
    );
    expect(shown['workPool']).toMatchObject({
      activeSlots: 0,
      concurrencyStatus: { activeSlots: 0, limit: null, flowRuns: { totalCount: 0 } },
      queues: { nodes: [{ name: 'default', health: { healthy: false, lateRunsCount: 0 } }] },
      workers: { totalCount: 0 },
      deployments: { nodes: [{ name: 'daily', schedules: [{ nextRuns: { length: 2 } }] }] },
    });
    const scheduled = await mutate(
      'scheduleDeployment',
      { deployment: { name: { flow: 'shown', deployment: 'daily' } }, minRuns: 3 },
      '... on ScheduleDeploymentPayload { scheduledFlowRunIds }',
    );
    expect((scheduled['scheduledFlowRunIds'] as string[]).length).toBeGreaterThanOrEqual(3);
  });

  test('what is handed to a flow run is found by its key and taken back', async () => {
    const flowRunId = await makeRun(await makeFlow('asked'));
    const hand = (key: string, value: unknown) =>
      mutate(
        'createFlowRunInput',
        { flowRunId, key, value },
        '... on CreateFlowRunInputPayload { flowRunInput { key value } }',
      );
    expect(await hand('No Key', 1)).toMatchObject({ __typename: 'InvalidInputError' });
    expect(await hand('answer', { x: 1 })).toMatchObject({
      flowRunInput: { key: 'answer', value: { x: 1 } },
    });
    expect(await hand('answer', 2)).toMatchObject({ __typename: 'AlreadyExistsError' });
    await hand('other', 3);
    expect(
      await data(
        db.ctx,
        `{ flowRun(id: "${flowRunId}") { input(key: "answer") { value } none: input(key: "no") { value }
           inputs(prefix: "o") { nodes { key value } totalCount } } }`,
      ),
    ).toEqual({
      flowRun: {
        input: { value: { x: 1 } },
        none: null,
        inputs: { nodes: [{ key: 'other', value: 3 }], totalCount: 1 },
      },
    });
    const key = { flowRunId, key: 'answer' };
    expect(await mutate('deleteFlowRunInput', key, '')).toMatchObject({
      __typename: 'DeletePayload',
    });
    expect(await mutate('deleteFlowRunInput', key, '')).toMatchObject({
      __typename: 'NotFoundError',
    });
  });

  test('the server tells of itself', async () => {
    expect(
      await data(db.ctx, '{ server { healthy ready apiVersion limits { maxDepth } settings } }'),
    ).toMatchObject({
      server: { healthy: true, ready: true, limits: { maxDepth: 12 } },
    });
  });
});
