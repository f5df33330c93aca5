import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { newId } from '#server/ids.ts';
import { formatInstant, micros } from '#server/time.ts';
import { type ApiServer, serveApi } from '#tests/support/api.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

const NOON = 1_767_268_800_000_000;
const occurredAfter = (seconds: number): string => formatInstant(micros(NOON + seconds * 1e6));
const OLD = occurredAfter(-5000);
const OCCURRED = { since: occurredAfter(-60), until: occurredAfter(3600) };

const EVENTS = [
  { event: 'shop.order.placed', order: '1', payload: { note: 'Hello 100% blue_sky' } },
  { event: 'shop.order.paid', order: '1', customer: '7' },
  { event: 'shop.order.placed', order: '2' },
  { event: 'depot.truck.left', order: 'x' },
].map(({ event, order, customer, payload = {} }, index) => ({
  id: newId(),
  occurred: occurredAfter(index),
  event,
  resource: { 'prefect.resource.id': `${event.split('.')[0]}.order.${order}`, env: 'p' },
  related:
    customer === undefined
      ? []
      : [
          {
            'prefect.resource.id': `shop.customer.${customer}`,
            'prefect.resource.role': 'customer',
            tier: 'gold*',
          },
        ],
  payload,
}));

interface Page {
  readonly events: readonly { readonly id: string }[];
  readonly total: number;
  readonly next_page: string | null;
}

describeEachDatabase('stored events over REST', (db) => {
  let api: ApiServer;
  beforeAll(async () => {
    api = await serveApi(db.ctx);
    await api.call('POST', '/events', EVENTS);
  });
  afterAll(() => api.close());

  const filter = async (criteria: object, limit = 50): Promise<Page> => {
    const body = { filter: { occurred: OCCURRED, ...criteria }, limit };
    return (await api.call('POST', '/events/filter', body)).json as Page;
  };
  /** The places of the found events among those that were sent. */
  const places = ({ events }: Page): readonly number[] =>
    events.map(({ id }) => EVENTS.findIndex((event) => event.id === id));

  test('an unknown criterion is refused', async () => {
    expect(await api.call('POST', '/events/filter', { filter: { zz: 1 } })).toMatchObject({
      status: 422,
      json: { exception_detail: [{ type: 'extra_forbidden', loc: ['body', 'filter', 'zz'] }] },
    });
  });

  test('a page without events leads on as well', async () => {
    const page = await filter({}, 0);
    expect(page).toMatchObject({ events: [], total: EVENTS.length });
    expect(page.next_page).toMatch(/\/events\/filter\/next\?page-token=/u);
  });

  test('a value that fits neither of two shapes is refused in the words of both', async () => {
    const body = { filter: { related: 7 } };
    const kinds = ['EventRelatedFilter', 'list[EventRelatedFilter]'];
    expect((await api.call('POST', '/events/filter', body)).json).toMatchObject({
      exception_detail: kinds.map((kind) => ({ loc: ['body', 'filter', 'related', kind] })),
    });
  });

  test.each([
    [7, { type: 'tuple_type', msg: 'Input should be a valid tuple' }],
    [['a'], { type: 'missing', loc: expect.arrayContaining(['resources_in_roles', 1]) }],
    [
      ['a', 'b', 'c'],
      { type: 'too_long', msg: 'Tuple should have at most 2 items after validation, not 3' },
    ],
  ])('%j is refused as no resource in a role', async (pair, reason) => {
    const body = { filter: { related: [{ resources_in_roles: [pair] }] } };
    const { json } = await api.call('POST', '/events/filter', body);
    expect(json).toMatchObject({
      exception_detail: expect.arrayContaining([expect.objectContaining(reason)]),
    });
  });

  test('one whose id is taken is not found by what it was about', async () => {
    const id = newId();
    const send = (about: string) =>
      api.call('POST', '/events', [
        { id, occurred: OLD, event: 'twice', resource: { 'prefect.resource.id': about } },
      ]);
    await send('first');
    await send('second');
    const found = async (about: string): Promise<number> => {
      const occurred = { since: occurredAfter(-7200), until: occurredAfter(-3600) };
      return (await filter({ occurred, resource: { id: [about] } })).total;
    };
    expect([await found('first'), await found('second')]).toEqual([1, 0]);
  });

  test('a token that nobody has given is refused', async () => {
    for (const token of ['zzz', Buffer.from('{"limit":"x"}').toString('base64url')]) {
      expect(await api.call('GET', `/events/filter/next?page-token=${token}`)).toMatchObject({
        status: 403,
        json: { detail: 'Forbidden' },
      });
    }
  });

  describe('are found', () => {
    test.each([
      ['the newest first', {}, [3, 2, 1, 0]],
      ['the oldest first', { order: 'ASC' }, [0, 1, 2, 3]],
      ['by the start of their name', { event: { prefix: ['shop.'] } }, [2, 1, 0]],
      ['by their name', { event: { name: ['shop.order.paid'] } }, [1]],
      ['by what they are not', { event: { exclude_prefix: ['shop.order.p'] } }, [3]],
      ['by resource', { resource: { id: ['shop.order.1'] } }, [1, 0]],
      ['by the start of a resource', { resource: { id_prefix: ['shop.'] } }, [2, 1, 0]],
      ['by a label', { resource: { labels: { env: 'p' } } }, [3, 2, 1, 0]],
      [
        'by a label with a star',
        { resource: { labels: { 'prefect.resource.id': 'shop.*' } } },
        [2, 1, 0],
      ],
      [
        'by what a label is not',
        { resource: { labels: { 'prefect.resource.id': '!shop.order.1' } } },
        [3, 2],
      ],
      ['by a label in its own case', { resource: { labels: { env: 'P*' } } }, []],
      ['once for each resource', { resource: { distinct: true } }, [3, 2, 1]],
      ['by a related resource', { related: { id: ['shop.customer.7'] } }, [1]],
      ['by a role', { related: { role: ['customer'] } }, [1]],
      [
        'by a resource in its role',
        { related: { resources_in_roles: [['shop.customer.7', 'customer']] } },
        [1],
      ],
      ['by a label of a related resource', { related: { labels: { tier: 'gold*' } } }, [1]],
      ['by any resource', { any_resource: { id: ['shop.customer.7'] } }, [1]],
      ['by any resource of a start', { any_resource: { id_prefix: ['depot.'] } }, [3]],
      ['by a word', { text: { query: 'hello' } }, [0]],
      ['by what looks like a wildcard', { text: { query: '100%' } }, [0]],
      ['by the lack of a word', { text: { query: '-shop' } }, [3]],
      ['by their id', { id: { id: [EVENTS[2]?.id] } }, [2]],
    ])('%s', async (_name, criteria, expected) => {
      const page = await filter(criteria);
      expect(places(page)).toEqual(expected);
      expect(page.total).toBe(expected.length);
    });
  });

  test('pages follow one another until there are no more', async () => {
    const first = await filter({}, 3);
    expect(places(first)).toEqual([3, 2, 1]);
    const path = (first.next_page ?? '').replace(`${api.url}/api`, '');
    const second = (await api.call('GET', path)).json as Page;
    expect(places(second)).toEqual([0]);
    expect(second).toMatchObject({ total: 4, next_page: null });
  });

  test.each(['time', 'day', 'event', 'resource'])(
    'too many spans are refused by %s',
    async (by) => {
      const body = {
        filter: { occurred: { since: occurredAfter(-86_400), until: occurredAfter(0) } },
        time_unit: 'second',
      };
      expect((await api.call('POST', `/events/count-by/${by}`, body)).status).toBe(422);
    },
  );

  test('are counted by time, by name and by resource', async () => {
    const count = async (by: string, more: object = {}) => {
      const body = { filter: { occurred: OCCURRED }, ...more };
      return (await api.call('POST', `/events/count-by/${by}`, body)).json;
    };
    expect(await count('time', { time_unit: 'hour' })).toMatchObject([
      { value: '0', count: 0, label: '2026-01-01T11:00:00+00:00' },
      { value: '1', count: 4, start_time: '2026-01-01T12:00:00Z' },
      { value: '2', count: 0, end_time: '2026-01-01T13:59:59.999999Z' },
    ]);
    expect(await count('day')).toMatchObject([{ count: 4 }]);
    // Weeks begin on Mondays.
    expect(await count('time', { time_unit: 'week' })).toMatchObject([
      { count: 4, start_time: '2025-12-29T00:00:00Z', end_time: '2026-01-04T23:59:59.999999Z' },
    ]);
    expect(await count('event')).toMatchObject([
      { value: 'shop.order.placed', count: 2 },
      { value: 'depot.truck.left', count: 1 },
      { value: 'shop.order.paid', count: 1 },
    ]);
    expect(await count('resource')).toMatchObject([{ value: 'shop.order.1', count: 2 }, {}, {}]);
  });

  test('are counted under the newest name of their resource', async () => {
    const named = (name: string, occurred: string) => ({
      id: newId(),
      occurred,
      event: 'renamed.thing',
      resource: { 'prefect.resource.id': 'renamed.1', 'prefect.resource.name': name },
    });
    const [first, last] = [named('zulu', occurredAfter(1)), named('alpha', occurredAfter(2))];
    await api.call('POST', '/events', [last, first]);
    const filtered = { occurred: OCCURRED, event: { name: ['renamed.thing'] } };
    const { json } = await api.call('POST', '/events/count-by/resource', { filter: filtered });
    expect(json).toMatchObject([{ value: 'renamed.1', label: 'alpha', count: 2 }]);
  });
});
