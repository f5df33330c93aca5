import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ApiServer, serveApi } from '#tests/support/api.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

const ABSENT = '00000000-0000-4000-8000-000000000000';

interface Run {
  readonly id: string;
  readonly state_id: string;
}

describeEachDatabase('runs over REST', (db) => {
  let api: ApiServer;
  let flowId: string;
  beforeAll(async () => {
    api = await serveApi(db.ctx);
    const { json } = await api.call('POST', '/flows/', { name: 'runs' });
    flowId = (json as { id: string }).id;
  });
  afterAll(() => api.close());

  const createRun = async (body: object = {}): Promise<Run> =>
    (await api.call('POST', '/flow_runs/', { flow_id: flowId, ...body })).json as Run;

  describe('flow runs', () => {
    test('an unknown run is not found', async () => {
      expect(await api.call('GET', `/flow_runs/${ABSENT}`)).toMatchObject({
        status: 404,
        json: { detail: 'Flow run not found' },
      });
    });

    test('a state for an unknown run is refused in other words', async () => {
      const body = { state: { type: 'RUNNING' } };
      expect(await api.call('POST', `/flow_runs/${ABSENT}/set_state`, body)).toMatchObject({
        status: 404,
        json: { exception_message: `Flow run with id ${ABSENT} not found` },
      });
    });

    test('a run of an unknown flow is a conflict', async () => {
      expect((await api.call('POST', '/flow_runs/', { flow_id: ABSENT })).status).toBe(409);
    });

    test('a run is pending and named when nothing is said', async () => {
      const { status, json } = await api.call('POST', '/flow_runs/', { flow_id: flowId });
      expect(status).toBe(201);
      expect(json).toMatchObject({
        name: expect.stringMatching(/^[a-z]+-[a-z]+$/),
        state_type: 'PENDING',
        parameters: {},
        job_variables: {},
        labels: { 'prefect.flow.id': flowId },
        state: { name: 'Pending', state_details: { pause_reschedule: false, cache_key: null } },
      });
    });

    test('an integer of any size comes back as it was sent', async () => {
      const body = `{"flow_id":"${flowId}","parameters":{"id":9007199254740993,"ids":[12345678901234567890]}}`;
      const { text, json } = await api.call('POST', '/flow_runs/', body);
      const sent = '"parameters":{"id":9007199254740993,"ids":[12345678901234567890]}';
      expect(text).toContain(sent);
      const read = await api.call('GET', `/flow_runs/${(json as Run).id}`);
      expect(read.text).toContain(sent);
    });

    test('an integer of any size may be the data of a state', async () => {
      const body = `{"flow_id":"${flowId}","state":{"type":"COMPLETED","data":9007199254740993}}`;
      const { status, json } = await api.call('POST', '/flow_runs/', body);
      expect(status).toBe(201);
      const read = await api.call('GET', `/flow_runs/${(json as Run).id}`);
      expect(read.text).toContain('"data":9007199254740993');
      expect(read.json).toMatchObject({ run_count: 0, state_type: 'COMPLETED' });
    });

    test('a second run of the same key is the first', async () => {
      const body = { flow_id: flowId, idempotency_key: 'once' };
      const first = await api.call('POST', '/flow_runs/', body);
      const second = await api.call('POST', '/flow_runs/', body);
      expect([first.status, second.status]).toEqual([201, 200]);
      expect((second.json as Run).id).toBe((first.json as Run).id);
    });

    test('a proposal that is taken is 201, a repeat of it is 200', async () => {
      const { id } = await createRun();
      const body = { state: { type: 'RUNNING', state_details: { transition_id: ABSENT } } };
      const first = await api.call('POST', `/flow_runs/${id}/set_state`, body);
      expect(first).toMatchObject({ status: 201, json: { status: 'ACCEPT' } });
      const second = await api.call('POST', `/flow_runs/${id}/set_state`, body);
      expect(second).toMatchObject({ status: 200, json: { status: 'REJECT' } });
    });

    test('a list holds what its filter admits', async () => {
      const { id } = await createRun({ name: 'needle', tags: ['x'] });
      await createRun({ name: 'needle', tags: [] });
      const body = { flow_runs: { name: { any_: ['needle'] }, tags: { all_: ['x'] } } };
      const found = await api.call('POST', '/flow_runs/filter', body);
      expect(found.json).toMatchObject([{ id }]);
      expect((await api.call('POST', '/flow_runs/count', body)).json).toBe(1);
      expect((await api.call('POST', '/flow_runs/paginate', body)).json).toMatchObject({
        count: 1,
        pages: 1,
        page: 1,
        results: [{ id }],
      });
    });

    test('many runs are cancelled at once', async () => {
      const first = await createRun({ name: 'crowd' });
      const second = await createRun({ name: 'crowd' });
      const body = { flow_runs: { name: { any_: ['crowd'] } }, state: { type: 'CANCELLED' } };
      const { json } = await api.call('POST', '/flow_runs/bulk_set_state', body);
      const { results } = json as { results: { flow_run_id: string; status: string }[] };
      expect(new Set(results.map((result) => result.flow_run_id))).toEqual(
        new Set([first.id, second.id]),
      );
      expect(results.every(({ status }) => status === 'ACCEPT')).toBe(true);
    });

    test('a history without a step is refused', async () => {
      const body = {
        history_start: '2026-01-01T00:00:00Z',
        history_end: '2026-01-01T03:00:00Z',
        history_interval_seconds: 0.5,
      };
      expect(await api.call('POST', '/flow_runs/history', body)).toMatchObject({
        status: 422,
        json: { detail: 'History interval must not be less than 1 second.' },
      });
    });
  });

  describe('task runs', () => {
    test('an unknown run is not found', async () => {
      expect(await api.call('GET', `/task_runs/${ABSENT}`)).toMatchObject({
        status: 404,
        json: { detail: 'Task not found' },
      });
    });

    test('a run is made once for its keys', async () => {
      const { id } = await createRun({ state: { type: 'RUNNING' } });
      const body = { flow_run_id: id, task_key: 'load', dynamic_key: '0' };
      const first = await api.call('POST', '/task_runs/', body);
      const second = await api.call('POST', '/task_runs/', body);
      expect([first.status, second.status]).toEqual([201, 200]);
      expect((second.json as Run).id).toBe((first.json as Run).id);
      const found = await api.call('POST', '/task_runs/filter', {
        flow_runs: { id: { any_: [id] } },
      });
      expect(found.json).toMatchObject([{ task_key: 'load', state_type: 'PENDING' }]);
    });

    test('the states of a run are listed from the first on', async () => {
      const { id } = await createRun();
      await api.call('POST', `/flow_runs/${id}/set_state`, { state: { type: 'RUNNING' } });
      const { json } = await api.call('GET', `/flow_run_states/?flow_run_id=${id}`);
      expect(json).toMatchObject([{ type: 'PENDING' }, { type: 'RUNNING' }]);
      const [first] = json as Run[];
      const state = await api.call('GET', `/flow_run_states/${first?.id}`);
      expect(state.json).toMatchObject({ type: 'PENDING' });
    });
  });

  describe('logs', () => {
    const line = (message: string, seconds: number, flowRunId: string) => ({
      name: 'prefect.flow_runs',
      level: 20,
      message,
      timestamp: `2026-01-01T00:00:${String(seconds).padStart(2, '0')}Z`,
      flow_run_id: flowRunId,
    });

    test('one bad line of many refuses them all', async () => {
      const { id } = await createRun();
      const bad = { ...line('b', 1, id), level: 'INFO' };
      const answer = await api.call('POST', '/logs/', [line('a', 0, id), bad]);
      expect(answer).toMatchObject({
        status: 422,
        json: { exception_detail: [{ type: 'int_parsing', loc: ['body', 1, 'level'] }] },
      });
      const body = { logs: { flow_run_id: { any_: [id] } } };
      expect((await api.call('POST', '/logs/filter', body)).json).toEqual([]);
    });

    test('lines come back in their order, without NUL', async () => {
      const { id } = await createRun();
      const lines = Array.from({ length: 45 }, (_unused, index) => line(`${index}\0`, index, id));
      const answer = await api.call('POST', '/logs/', lines);
      expect(answer).toMatchObject({ status: 201, json: null });
      const body = { logs: { flow_run_id: { any_: [id] } } };
      const { json } = await api.call('POST', '/logs/filter', body);
      const logs = json as { id: string; message: string }[];
      expect(logs.map(({ message }) => message)).toEqual(lines.map((_unused, index) => `${index}`));
      expect(new Set(logs.map((log) => log.id)).size).toBe(45);
    });

    test('the log of a run can be had as a file', async () => {
      const { id } = await createRun({ name: 'it’s (mine)' });
      await api.call('POST', '/logs/', [line('plain', 0, id), line('say "hi",\nthere', 1, id)]);
      const { text, headers } = await api.call('GET', `/flow_runs/${id}/logs/download`);
      expect(text).toBe(
        [
          'timestamp,level,flow_run_id,task_run_id,message',
          `2026-01-01 00:00:00+00:00,20,${id},,plain`,
          `2026-01-01 00:00:01+00:00,20,${id},,"say ""hi"",\nthere"`,
          '',
        ].join('\r\n'),
      );
      expect(headers.get('content-disposition')).toBe(
        `attachment; filename="flow-run-logs.csv"; filename*=UTF-8''it%E2%80%99s%20%28mine%29-logs.csv`,
      );
    });
  });

  describe('events', () => {
    test('an event about nothing is refused', async () => {
      const event = { id: ABSENT, occurred: '2026-01-01T00:00:00Z', event: 'a', resource: {} };
      expect(await api.call('POST', '/events', [event])).toMatchObject({
        status: 422,
        json: { exception_detail: [{ type: 'value_error', loc: ['body', 0, 'resource'] }] },
      });
    });

    test('events are stored before they are answered', async () => {
      const event = {
        id: ABSENT,
        occurred: '2026-01-01T00:00:00Z',
        event: 'shop.order.paid',
        resource: { 'prefect.resource.id': 'shop.order.1' },
      };
      expect((await api.call('POST', '/events', [event])).status).toBe(204);
    });
  });
});
