import { beforeAll, expect, test } from 'vitest';

import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { createFlow } from '#server/commands/flow/create-flow.ts';
import { newId } from '#server/ids.ts';
import { pending } from '#server/orchestration/proposals.ts';
import { addSeconds, formatInstant, nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

import { countStatements } from './support/count-statements.ts';
import { mutate } from './support/mutate.ts';
import { ask, data, follow } from './support/operations.ts';

const ID = 'prefect.resource.id';
const ROLE = 'prefect.resource.role';

interface Batch {
  readonly cursor: string;
  readonly live: boolean;
  readonly hasMore: boolean;
  readonly events: readonly { readonly event: string }[];
}

describeEachDatabase('Events', (db) => {
  const emit = (...events: readonly Record<string, unknown>[]) =>
    mutate(db.ctx, 'emitEvents', {
      input: {
        events: events.map((event) => ({ occurred: formatInstant(nowMicros()), ...event })),
      },
      payload: 'accepted',
    });

  const about = (id: string, labels: Record<string, string> = {}) => ({ [ID]: id, ...labels });

  const namesOf = async (filter: Record<string, unknown>): Promise<readonly string[]> => {
    const answer = await data(
      db.ctx,
      `query Find($filter: EventFilter!) {
        events(filter: $filter, orderBy: { field: OCCURRED, direction: ASC }) { nodes { event } }
      }`,
      { filter },
    );
    const { nodes } = answer['events'] as { nodes: readonly { event: string }[] };
    return nodes.map(({ event }) => event);
  };

  beforeAll(async () => {
    const start = addSeconds(nowMicros(), -100);
    const at = (seconds: number) => formatInstant(addSeconds(start, seconds));
    await emit(
      {
        event: 'shop.opened',
        occurred: at(0),
        resource: about('shop.1', { 'prefect.resource.name': 'Corner shop', town: 'Ulm' }),
        related: [about('owner.7', { [ROLE]: 'owner' })],
        payload: { note: 'early morning' },
      },
      {
        event: 'shop.closed',
        occurred: at(10),
        resource: about('shop.1', { 'prefect.resource.name': 'Corner shop', town: 'Ulm' }),
      },
      { event: 'shop.opened', occurred: at(20), resource: about('shop.2', { town: 'Bonn' }) },
      {
        event: 'shop.old',
        occurred: formatInstant(addSeconds(start, -200 * 86_400)),
        resource: about('shop.1'),
      },
    );
  });

  test.each([
    ['a resource without an id', { event: 'e', resource: {} }, ['events', '0', 'resource']],
    [
      'a related one without a part',
      { event: 'e', resource: about('a'), related: [about('b')] },
      ['events', '0', 'related.0'],
    ],
    ['an id that is none', { event: 'e', resource: about('a'), id: 'x' }, ['events', '0', 'id']],
  ])('%s is refused with its place', async (_title, event, path) => {
    const answer = await mutate(db.ctx, 'emitEvents', {
      input: { events: [{ occurred: formatInstant(nowMicros()), ...event }] },
      refusals: '... on InvalidInputError { issues { path } }',
    });
    expect(answer).toMatchObject({ __typename: 'InvalidInputError', issues: [{ path }] });
  });

  test('more events than are taken at once are refused', async () => {
    const many = Array.from({ length: 501 }, () => ({ event: 'e', resource: about('a') }));
    expect(await emit(...many)).toMatchObject({ __typename: 'InvalidInputError' });
  });

  test.each([
    ['a search that is too long', '{ text: { query: "' + 'x'.repeat(201) + '" } }'],
    ['a label that is no text', '{ resource: { labels: { town: 1 } } }'],
    ['a crowd of conditions', `{ related: [${'{ role: { in: ["flow"] } } '.repeat(21)}] }`],
  ])('%s is refused', async (_title, filter) => {
    const { body } = await ask(db.ctx, `{ events(filter: ${filter}) { totalCount } }`);
    expect(body.errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
  });

  test.each([
    ['0', 'BAD_USER_INPUT'],
    ['0.01', 'BAD_USER_INPUT'],
  ])('a count by stretches of %s seconds is refused', async (interval, code) => {
    const { body } = await ask(
      db.ctx,
      `{ eventCounts(filter: {}, by: TIME, timeUnit: SECOND, timeInterval: ${interval}) { count } }`,
    );
    expect(body.errors?.[0]?.extensions?.['code']).toBe(code);
  });

  test.each([
    [{ event: { in: ['shop.closed'] } }, ['shop.closed']],
    [{ event: { startsWith: ['shop.'], notIn: ['shop.closed'] } }, ['shop.opened', 'shop.opened']],
    [{ resource: { id: { in: ['shop.2'] } } }, ['shop.opened']],
    [
      { resource: { id: { startsWith: ['shop'] }, labels: { town: 'Ul*' } } },
      ['shop.opened', 'shop.closed'],
    ],
    [{ related: [{ role: { in: ['owner'] } }] }, ['shop.opened']],
    [{ anyResource: [{ id: { in: ['owner.7'] } }] }, ['shop.opened']],
    [{ text: { query: '"early morning"' } }, ['shop.opened']],
    [
      { resource: { id: { startsWith: ['shop'] } }, distinct: true },
      ['shop.closed', 'shop.opened'],
    ],
    [{ event: { in: ['shop.old'] }, occurred: { after: '2000-01-01T00:00:00Z' } }, ['shop.old']],
    [{ event: { in: ['shop.old'] } }, []],
  ])('%j admits %j', async (filter, names) => {
    expect(await namesOf(filter)).toEqual(names);
  });

  test('they are walked page by page and counted', async () => {
    const page = async (after: string | null) => {
      const answer = await data(
        db.ctx,
        `query Walk($after: String) { events(filter: { event: { startsWith: ["shop"] } }, first: 2, after: $after) {
          nodes { event } totalCount pageInfo { hasNextPage endCursor }
        } }`,
        { after },
      );
      return answer['events'] as {
        nodes: readonly object[];
        totalCount: number;
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
    };
    const first = await page(null);
    expect(first).toMatchObject({
      nodes: [{ event: 'shop.opened' }, { event: 'shop.closed' }],
      totalCount: 3,
      pageInfo: { hasNextPage: true },
    });
    const rest = await page(first.pageInfo.endCursor);
    expect(rest).toMatchObject({
      nodes: [{ event: 'shop.opened' }],
      pageInfo: { hasNextPage: false },
    });
  });

  test('they are counted by name, resource and time', async () => {
    const answer = await data(
      db.ctx,
      `{
        names: eventCounts(filter: { event: { startsWith: ["shop"] } }, by: EVENT) { value count }
        shops: eventCounts(filter: { event: { startsWith: ["shop"] } }, by: RESOURCE) { value label count }
        days: eventCounts(filter: { event: { startsWith: ["shop"] } }, by: DAY) { count }
      }`,
    );
    expect(answer).toMatchObject({
      names: [
        { value: 'shop.opened', count: 2 },
        { value: 'shop.closed', count: 1 },
      ],
      shops: [
        { value: 'shop.1', label: 'Corner shop', count: 2 },
        { value: 'shop.2', label: 'shop.2', count: 1 },
      ],
    });
    const days = answer['days'] as readonly { readonly count: number }[];
    expect(days.reduce((sum, { count }) => sum + count, 0)).toBe(3);
    expect(days.length).toBeGreaterThan(180);
  });

  test('an event leads to its resources, to what it follows, and is found by its id', async () => {
    const { flow } = await createFlow(db.ctx, { name: 'leading' });
    const [leader, follower] = [newId(), newId()];
    const resource = about(`prefect.flow.${flow.id}`);
    const emitted = await emit(
      { id: leader, event: 'lead', resource, related: [about('nowhere', { [ROLE]: 'x' })] },
      {
        id: follower,
        event: 'follow',
        resource: about(`prefect.flow.${newId()}`),
        follows: leader,
      },
    );
    expect(emitted).toMatchObject({ accepted: 2 });
    await emit({ id: leader, event: 'lead again', resource });
    const answer = await data(
      db.ctx,
      `{
        leader: event(id: "${leader}") {
          event received resource { id role labels node { __typename ... on Flow { name } } }
          related { id role node { id } }
        }
        follower: event(id: "${follower}") { follows followsEvent { event } resource { node { id } } }
        node(id: "${leader}") { __typename ... on Event { event } }
        nobody: event(id: "${newId()}") { id }
      }`,
    );
    expect(answer).toMatchObject({
      leader: {
        event: 'lead',
        resource: {
          id: `prefect.flow.${flow.id}`,
          role: null,
          labels: resource,
          node: { __typename: 'Flow', name: 'leading' },
        },
        related: [{ id: 'nowhere', role: 'x', node: null }],
      },
      follower: { follows: leader, followsEvent: { event: 'lead' }, resource: { node: null } },
      node: { __typename: 'Event', event: 'lead' },
      nobody: null,
    });
  });

  test('events of runs, their resources and forerunners take the same statements for one and for many', async () => {
    const { flow } = await createFlow(db.ctx, { name: 'eventful' });
    for (const name of ['a', 'b', 'c'])
      await createFlowRun(db.ctx, { flowId: flow.id, name, state: pending() });
    const query = `query Nested($first: Int) { flowRuns(first: $first) { nodes {
      relatedEvents(first: 3) { totalCount nodes { event resource { node { id } } followsEvent { id } } }
    } } }`;
    const statements = async (first: number) => {
      let answer: Record<string, unknown> = {};
      const count = await countStatements(async () => {
        answer = await data(db.ctx, query, { first });
      });
      return { count, answer };
    };
    const one = await statements(1);
    const many = await statements(3);
    expect(JSON.stringify(one.answer)).toContain('prefect.flow-run.Pending');
    expect(many.count).toBe(one.count);
  });

  const EVENTS = `subscription Follow($filter: EventFilter!, $after: String, $backfill: Backfill, $tail: Int) {
    events(filter: $filter, after: $after, backfill: $backfill, tail: $tail) {
      cursor live hasMore events { event }
    }
  }`;

  const batchOf = (message: Record<string, unknown>): Batch => message['events'] as Batch;

  test('a stream from a cursor that is none is refused', async () => {
    await expect(follow(db.ctx, EVENTS, { filter: {}, after: 'x' })).rejects.toThrow(
      'CURSOR_INVALID',
    );
  });

  test('a stream begins with the newest, goes on live, and from a cursor on misses nothing', async () => {
    const filter = { event: { startsWith: ['bell.'] } };
    await emit(...['bell.1', 'bell.2', 'bell.3'].map((event) => ({ event, resource: about('b') })));
    // PostgreSQL lets a stream see only what no older transaction can overtake.
    await expect
      .poll(async () => {
        const live = await follow(db.ctx, EVENTS, { filter, backfill: 'TAIL', tail: 2 });
        const batch = batchOf(await live.next());
        await live.stop();
        return batch.events.map(({ event }) => event);
      })
      .toEqual(['bell.2', 'bell.3']);
    const live = await follow(db.ctx, EVENTS, { filter, backfill: 'NONE' });
    expect(batchOf(await live.next())).toMatchObject({ events: [], live: true });
    const next = live.next();
    await emit(
      { event: 'not wanted', resource: about('b') },
      { event: 'bell.4', resource: about('b') },
    );
    const heard = batchOf(await next);
    expect(heard.events).toEqual([{ event: 'bell.4' }]);
    await live.stop();
    await emit({ event: 'bell.5', resource: about('b') });
    const resumed = await follow(db.ctx, EVENTS, { filter, after: heard.cursor });
    let later = batchOf(await resumed.next());
    while (later.events.length === 0) later = batchOf(await resumed.next());
    expect(later.events).toEqual([{ event: 'bell.5' }]);
    await resumed.stop();
  });

  test('a stream can begin with everything', async () => {
    const filter = { event: { in: ['shop.opened', 'shop.closed'] } };
    const all = await follow(db.ctx, EVENTS, { filter, backfill: 'ALL' });
    const { events } = batchOf(await all.next());
    expect(events.map(({ event }) => event)).toEqual(['shop.opened', 'shop.closed', 'shop.opened']);
    await all.stop();
  });
});
