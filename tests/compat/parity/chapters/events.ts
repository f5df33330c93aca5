import { expect } from 'vitest';

import { run } from '#server/db/script.ts';
import { follow } from '#tests/schema/support/operations.ts';
import { openSocket } from '#tests/support/socket-client.ts';
import { untilSettled } from '#tests/support/until-settled.ts';

import { need } from '../call.ts';
import type { Door } from '../doors.ts';
import { EVENT, LOG } from '../entities.ts';
import { askField } from '../perform.ts';
import { type Chapter, type SpecialStep, type Step, at, list } from '../step.ts';
import { many } from '../view.ts';

const RESOURCE = 'shop.1';
const NOW = new Date().toISOString();

/** An event whose id, a figure, is the same in both databases. */
const event = (figure: number, name: string) => ({
  id: `00000000-0000-4000-8000-00000000000${figure}`,
  occurred: NOW,
  event: name,
  resource: { 'prefect.resource.id': RESOURCE, town: 'Ulm' },
  related: [{ 'prefect.resource.id': 'owner.7', 'prefect.resource.role': 'owner' }],
  payload: { note: 'early' },
});

const FIRST = [event(1, 'shop.opened'), event(2, 'shop.closed')];
const BY_SOCKET = event(3, 'shop.burgled');

const FILTER = {
  rest: { resource: { id: [RESOURCE] }, order: 'ASC' },
  graphql: { resource: { id: { in: [RESOURCE] } } },
};
const ASCENDING = { field: 'OCCURRED', direction: 'ASC' };

/** Waits for events that were taken in to be stored, as REST answers before they are. */
const untilStored = (door: Door, count: number): Promise<void> =>
  expect
    .poll(async () => {
      const found = await askField(door, 'events', {
        args: { filter: FILTER.graphql },
        select: 'totalCount',
      });
      return at(found, 'totalCount');
    })
    .toBe(count);

const sendAll: SpecialStep = {
  rest: 'POST /events',
  graphql: 'emitEvents',
  throughRest: async (door) => {
    const { status } = await door.rest('POST', '/events', FIRST);
    await untilStored(door, FIRST.length);
    return status < 300;
  },
  throughGraphql: async (door) => {
    const answer = await askField(door, 'emitEvents', {
      input: { events: FIRST },
      select: 'accepted',
    });
    await untilStored(door, FIRST.length);
    return at(answer, 'accepted') === FIRST.length;
  },
};

const sendOverSocket: SpecialStep = {
  rest: 'WS /events/in',
  graphql: 'emitEvents',
  throughRest: async (door) => {
    const client = await openSocket(`${door.socketUrl}/api/events/in`);
    client.send({ type: 'auth', token: null });
    await client.next(0);
    client.send(BY_SOCKET);
    await untilStored(door, FIRST.length + 1);
    client.socket.close();
    return true;
  },
  throughGraphql: async (door) => {
    await askField(door, 'emitEvents', { input: { events: [BY_SOCKET] } });
    await untilStored(door, FIRST.length + 1);
    return true;
  },
};

/** What a client of the stream of events is told first: what occurred a while ago. */
const followEvents: SpecialStep = {
  rest: 'WS /events/out',
  graphql: 'events',
  throughRest: async (door) => {
    await untilSettled(door.ctx, 'event');
    const client = await openSocket(`${door.socketUrl}/api/events/out`);
    client.send({ type: 'auth', token: null });
    await client.next(0);
    client.send({ type: 'filter', filter: FILTER.rest });
    await client.next(FIRST.length + 1);
    client.socket.close();
    return client.frames.slice(1).map((frame) => EVENT.ofRest(at(frame, 'event')));
  },
  throughGraphql: async (door) => {
    await untilSettled(door.ctx, 'event');
    const follower = await follow(
      door.ctx,
      `subscription Follow($filter: EventFilter!) {
        events(filter: $filter, backfill: ALL) { events { ${EVENT.selection} } }
      }`,
      { filter: FILTER.graphql },
    );
    const batch = await follower.next();
    await follower.stop();
    return list(at(batch, 'events.events')).map(EVENT.ofGraphql);
  },
};

const nextPage: SpecialStep = {
  rest: 'GET /events/filter/next',
  graphql: 'events',
  throughRest: async (door) => {
    const first = await door.rest('POST', '/events/filter', { filter: FILTER.rest, limit: 2 });
    const address = String(at(first.json, 'next_page')).replace(/^.*\/api/, '');
    const { json } = await door.rest('GET', address, undefined);
    return list(at(json, 'events')).map(EVENT.ofRest);
  },
  throughGraphql: async (door) => {
    const args = { filter: FILTER.graphql, orderBy: ASCENDING, first: 2 };
    const first = await askField(door, 'events', { args, select: 'pageInfo { endCursor }' });
    const second = await askField(door, 'events', {
      args: { ...args, after: at(first, 'pageInfo.endCursor') },
      select: `nodes { ${EVENT.selection} }`,
    });
    return list(at(second, 'nodes')).map(EVENT.ofGraphql);
  },
};

const reads: readonly Step[] = [
  {
    rest: 'POST /events/filter',
    graphql: 'events',
    call: () => ({
      body: { filter: FILTER.rest, limit: 10 },
      args: { filter: FILTER.graphql, orderBy: ASCENDING, first: 10 },
      select: `nodes { ${EVENT.selection} }`,
    }),
    compare: many(EVENT, 'nodes', 'events'),
  },
  {
    rest: 'POST /events/count-by/{countable}',
    graphql: 'eventCounts',
    call: () => ({
      path: { countable: 'event' },
      body: { filter: FILTER.rest },
      args: { filter: FILTER.graphql, by: 'EVENT' },
      select: 'value label count startTime endTime',
    }),
    compare: {
      rest: (answer) =>
        list(answer).map((count) => [at(count, 'value'), at(count, 'label'), at(count, 'count')]),
      graphql: (answer) =>
        list(answer).map((count) => [at(count, 'value'), at(count, 'label'), at(count, 'count')]),
    },
  },
];

/** Writes a line until it was heard, as nobody is told when the listening has begun, and forgets all of them. */
const told = async (door: Door, heard: () => unknown): Promise<unknown> => {
  const flowRunId = need(door.found, 'run');
  const line = { name: 'live', level: 20, message: 'now', timestamp: NOW, flow_run_id: flowRunId };
  await expect
    .poll(async () => {
      await door.rest('POST', '/logs/', [line]);
      return heard();
    })
    .toBeDefined();
  const { db } = door.ctx;
  await db.write(() => run(db.builder.deleteFrom('log').where('name', '=', 'live')));
  return heard();
};

/** A log line reaches whoever follows the run. */
const followLogs: SpecialStep = {
  rest: 'WS /logs/out',
  graphql: 'logs',
  throughRest: async (door) => {
    const client = await openSocket(`${door.socketUrl}/api/logs/out`);
    client.send({ type: 'auth', token: null });
    await client.next(0);
    client.send({ type: 'filter', filter: { flow_run_id: { any_: [need(door.found, 'run')] } } });
    const frame = await told(door, () => client.frames[1]);
    client.socket.close();
    return LOG.ofRest(at(frame, 'log'));
  },
  throughGraphql: async (door) => {
    const follower = await follow(
      door.ctx,
      `subscription Follow($filter: LogFilter!) {
        logs(filter: $filter, backfill: NONE) { logs { ${LOG.selection} } }
      }`,
      { filter: { flowRunId: { in: [need(door.found, 'run')] } } },
    );
    let line: unknown;
    const listening = (async () => {
      while (line === undefined) line = list(at(await follower.next(), 'logs.logs'))[0];
    })();
    await told(door, () => line);
    await listening;
    await follower.stop();
    return LOG.ofGraphql(line);
  },
};

export const events: Chapter = {
  name: 'events and what is followed',
  steps: [sendAll, sendOverSocket, ...reads, nextPage, followEvents, followLogs],
};
