import { expect, test } from 'vitest';

import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import { serveApi } from '#tests/support/api.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

import expectedEvents from './expected-events.json' with { type: 'json' };

interface Stored {
  readonly event: string;
  readonly resource: object;
  readonly related: object;
  readonly payload: { readonly updated_fields?: readonly string[] };
  readonly follows: string | null;
}

const readEvents = statement<[], Stored>(
  "SELECT * FROM event WHERE event LIKE 'prefect.work%' OR event LIKE 'prefect.deployment%' ORDER BY seq",
);

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

const withoutIds = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replace(ID, 'ID'));

const recorded = async (ctx: Context): Promise<readonly unknown[]> => {
  const events = await ctx.db.read(() => rows(readEvents()));
  return events.map(({ event, resource, related, payload, follows }) =>
    withoutIds({
      event,
      resource,
      related,
      payload:
        payload.updated_fields === undefined
          ? payload
          : { ...payload, updated_fields: payload.updated_fields.toSorted() },
      isFollowing: follows !== null,
    }),
  );
};

type Call = readonly [method: string, path: string, body?: object];

const callsAbout = (flow: string): readonly Call[] => [
  ['POST', '/work_pools/', { name: 'evp', type: 'process' }],
  ['PATCH', '/work_pools/evp', { concurrency_limit: 3, description: 'x' }],
  ['PATCH', '/work_pools/evp', { is_paused: true }],
  ['PATCH', '/work_pools/evp', { is_paused: false }],
  ['POST', '/work_pools/evp/queues', { name: 'q' }],
  ['PATCH', '/work_pools/evp/queues/q', { priority: 1, is_paused: true, description: 'z' }],
  ['PATCH', '/work_pools/evp/queues/q', { is_paused: false }],
  [
    'POST',
    '/deployments/',
    { name: 'evd', flow_id: flow, work_pool_name: 'evp', tags: ['a'], parameters: { x: 1 } },
  ],
  [
    'POST',
    '/deployments/',
    { name: 'evd', flow_id: flow, work_pool_name: 'evp', tags: ['b'], concurrency_limit: 2 },
  ],
];

const callsAboutDeployment = (id: string): readonly Call[] => [
  [
    'PATCH',
    `/deployments/${id}`,
    { description: 'n', job_variables: { k: 1 }, work_queue_name: 'q', work_pool_name: 'evp' },
  ],
  ['POST', `/deployments/${id}/pause_deployment`],
  ['POST', `/deployments/${id}/resume_deployment`],
  ['POST', '/work_pools/evp/workers/heartbeat', { name: 'w' }],
  ['POST', '/work_pools/evp/get_scheduled_flow_runs', {}],
  ['DELETE', '/work_pools/evp/queues/q'],
  ['DELETE', `/deployments/${id}`],
  ['DELETE', '/work_pools/evp'],
];

const byText = (events: readonly unknown[]): readonly string[] =>
  events.map((event) => JSON.stringify(event, sortedKeys)).toSorted();

const sortedKeys = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;

describeEachDatabase('events about deployments, pools and queues', (db) => {
  test('are those of the real server, whose notes of a poll come in no fixed order', async () => {
    const api = await serveApi(db.ctx);
    const idOf = (answer: { readonly json: unknown }) => (answer.json as { id: string }).id;
    const flow = idOf(await api.call('POST', '/flows/', { name: 'evf' }));
    const play = async (calls: readonly Call[]): Promise<string> => {
      let last = '';
      for (const [method, path, body] of calls) {
        const answer = await api.call(method, path, body);
        expect([path, answer.status < 400]).toEqual([path, true]);
        if (path === '/deployments/') last = idOf(answer);
      }
      return last;
    };
    await play(callsAboutDeployment(await play(callsAbout(flow))));
    await api.close();
    expect(byText(await recorded(db.ctx))).toEqual(byText(expectedEvents));
  });
});
