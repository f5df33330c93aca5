import { afterAll, beforeAll, expect, test } from 'vitest';

import { mutate } from '#tests/schema/support/mutate.ts';
import { type ApiServer, serveApi } from '#tests/support/api.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { insertFlow } from '#tests/support/orchestration.ts';

const INTEGER = 'Input should be a valid integer, got a number with a fractional part';

describeEachDatabase('policies of runs', (db) => {
  let api: ApiServer;
  let flowId: string;
  beforeAll(async () => {
    api = await serveApi(db.ctx);
    ({ id: flowId } = await insertFlow(db.ctx));
  });
  afterAll(() => api.close());

  const make = (kind: 'flow_runs' | 'task_runs', policy: object) =>
    api.call('POST', `/${kind}/`, {
      ...(kind === 'flow_runs'
        ? { flow_id: flowId }
        : { flow_run_id: null, task_key: 't', dynamic_key: JSON.stringify(policy) }),
      empirical_policy: policy,
    });

  interface Refused {
    readonly kind: 'flow_runs' | 'task_runs';
    readonly policy: object;
    /** Which fields are refused, with what message. */
    readonly faults: readonly (readonly [string, string])[];
  }

  test.each<Refused>([
    {
      kind: 'flow_runs',
      policy: { retry_delay_seconds: 0.5 },
      faults: [['retry_delay', INTEGER]],
    },
    {
      kind: 'flow_runs',
      policy: { max_retries: 1.5 },
      faults: [
        ['max_retries', INTEGER],
        ['retries', INTEGER],
      ],
    },
    {
      kind: 'flow_runs',
      policy: { pause_keys: 'a' },
      faults: [['pause_keys', 'Input should be a valid set']],
    },
    {
      kind: 'task_runs',
      policy: { retry_jitter_factor: -1 },
      faults: [['retry_jitter_factor', 'Value error, `retry_jitter_factor` must be >= 0.']],
    },
    {
      kind: 'task_runs',
      policy: { retry_delay: Array.from({ length: 51 }, () => 1) },
      faults: [
        ['retry_delay', 'Value error, Can not configure more than 50 retry delays per task.'],
      ],
    },
    {
      kind: 'task_runs',
      // What Python takes for false is filled in from the retired name.
      policy: { max_retries: 1.5, retries: [] },
      faults: [
        ['max_retries', INTEGER],
        ['retries', INTEGER],
      ],
    },
  ])('of $kind like $policy are refused', async ({ kind, policy, faults }) => {
    const { status, json } = await make(kind, policy);
    expect(status).toBe(422);
    expect(json).toMatchObject({
      exception_detail: faults.map(([field, msg]) => ({
        loc: ['body', 'empirical_policy', field],
        msg,
      })),
    });
  });

  test('are refused through GraphQL too', async () => {
    const policy = { retries: 1, retryDelaySeconds: [0.5] };
    const input = { flowId, policy };
    expect(await mutate(db.ctx, 'createFlowRun', { input })).toMatchObject({
      __typename: 'InvalidInputError',
      message: 'A flow run is retried after one delay, in whole seconds.',
    });
    const task = { taskKey: 't', dynamicKey: 'g', policy: { retryJitterFactor: -1 } };
    expect(await mutate(db.ctx, 'createTaskRun', { input: task })).toMatchObject({
      __typename: 'InvalidInputError',
    });
  });

  test('take retired names and sets, and keep them whole', async () => {
    const policy = { max_retries: 2, retry_delay_seconds: 3, pause_keys: ['a', 'a'] };
    expect((await make('flow_runs', policy)).json).toMatchObject({
      empirical_policy: { retries: 2, retry_delay: 3, pause_keys: ['a'] },
    });
    expect((await make('task_runs', { retry_delay: [1, 2.5] })).json).toMatchObject({
      empirical_policy: { retry_delay: [1, 2.5] },
    });
  });

  test('job variables of a new deployment are an object', async () => {
    const body = { name: 'd', flow_id: flowId, job_variables: null };
    expect((await api.call('POST', '/deployments/', body)).status).toBe(422);
  });
});
