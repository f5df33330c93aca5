import { afterAll, beforeAll, expect, test } from 'vitest';

import { type ApiServer, serveApi } from '#tests/support/api.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

const ABSENT = '00000000-0000-4000-8000-000000000000';

interface Made {
  readonly id: string;
}

describeEachDatabase('figures for the pages of Prefect', (db) => {
  let api: ApiServer;
  let flowId: string;
  let runId: string;
  let taskRunId: string;

  const make = async (path: string, body: object): Promise<string> =>
    ((await api.call('POST', path, body)).json as Made).id;

  beforeAll(async () => {
    api = await serveApi(db.ctx);
    flowId = await make('/flows/', { name: 'ui' });
    const state = { type: 'RUNNING' };
    runId = await make('/flow_runs/', { flow_id: flowId, name: 'shown', state });
    const task = { flow_run_id: runId, task_key: 't', dynamic_key: '0', state };
    taskRunId = await make('/task_runs/', task);
    const path = `/task_runs/${taskRunId}/set_state`;
    await api.call('POST', path, { state: { type: 'FAILED' } });
  });
  afterAll(() => api.close());

  test('too many ids at once are refused', async () => {
    const body = { flow_ids: Array.from({ length: 201 }, () => ABSENT) };
    expect(await api.call('POST', '/ui/flows/next-runs', body)).toMatchObject({
      status: 422,
      json: { exception_detail: [{ type: 'too_long', loc: ['body', 'flow_ids'] }] },
    });
  });

  test('ended task runs of all time are not counted', async () => {
    const body = { task_runs: {} };
    expect(await api.call('POST', '/ui/task_runs/dashboard/counts', body)).toMatchObject({
      status: 422,
      json: { detail: 'task_runs.start_time.after_ is required' },
    });
  });

  test('every id that was asked for is answered', async () => {
    const runs = { flow_run_ids: [runId, ABSENT] };
    expect((await api.call('POST', '/ui/flow_runs/count-task-runs', runs)).json).toEqual({
      [runId]: 1,
      [ABSENT]: 0,
    });
    const flows = { flow_ids: [flowId] };
    expect((await api.call('POST', '/ui/flows/count-deployments', flows)).json).toEqual({
      [flowId]: 0,
    });
    expect((await api.call('POST', '/ui/flows/next-runs', flows)).json).toEqual({ [flowId]: null });
  });

  test('the next run of a flow is the one that is due first', async () => {
    const state = { type: 'SCHEDULED', state_details: { scheduled_time: '2050-01-01T00:00:00Z' } };
    const next = await make('/flow_runs/', { flow_id: flowId, state });
    const { json } = await api.call('POST', '/ui/flows/next-runs', { flow_ids: [flowId] });
    expect(json).toMatchObject({
      [flowId]: { id: next, next_scheduled_start_time: '2050-01-01T00:00:00Z' },
    });
  });

  test('runs are points of a chart', async () => {
    const body = { flow_runs: { id: { any_: [runId] } } };
    const { json } = await api.call('POST', '/ui/flow_runs/history', body);
    expect(json).toMatchObject([{ id: runId, state_type: 'RUNNING', lateness: 0 }]);
  });

  test('task runs are counted by their states and by when they started', async () => {
    const { json } = await api.call('POST', '/ui/task_runs/count', {});
    expect(json).toMatchObject({ FAILED: 1, RUNNING: 0, SCHEDULED: 0 });
    const body = { task_runs: { start_time: { after_: '2020-01-01T00:00:00Z' } } };
    const counts = await api.call('POST', '/ui/task_runs/dashboard/counts', body);
    const buckets = counts.json as { failed: number }[];
    expect(buckets).toHaveLength(20);
    expect(buckets.at(-1)).toEqual({ completed: 0, failed: 1 });
    const ofName = { ...body.task_runs, state: { name: { any_: ['Completed'] } } };
    const again = await api.call('POST', '/ui/task_runs/dashboard/counts', { task_runs: ofName });
    expect(again.json).toEqual(counts.json);
  });

  test('a task run is shown with the name of its flow run', async () => {
    expect(await api.call('GET', `/ui/task_runs/${ABSENT}`)).toMatchObject({ status: 404 });
    expect(await api.call('GET', `/ui/task_runs/${taskRunId}`)).toMatchObject({
      json: { id: taskRunId, flow_run_name: 'shown' },
    });
  });

  test('what cannot be filled in counts only where a schema speaks of it', async () => {
    const missing = { __prefect_kind: 'workspace_variable', variable_name: 'no-such' };
    const fault = "Variable 'no-such' not found in workspace.";
    const check = async (schema: object) =>
      (await api.call('POST', '/ui/schemas/validate', { schema, values: { x: missing } })).json;
    expect(await check({})).toEqual({ errors: [], valid: true });
    expect(await check({ properties: { y: {} } })).toEqual({ errors: [], valid: true });
    expect(await check({ properties: { x: {} } })).toEqual({
      errors: [{ property: 'x', errors: [fault] }],
      valid: false,
    });
    const choice = { allOf: [{ $ref: '#/definitions/Choice' }] };
    const definitions = { Choice: { enum: ['a'] } };
    expect(await check({ properties: { x: choice }, definitions })).toEqual({
      errors: [fault, fault, fault].map((error) => ({ property: 'x', errors: [error] })),
      valid: false,
    });
  });
});
