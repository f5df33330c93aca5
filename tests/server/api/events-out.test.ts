import { afterAll, beforeAll, expect, test } from 'vitest';

import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { ingestEvents } from '#server/events/ingest.ts';
import { newId } from '#server/ids.ts';
import { running } from '#server/orchestration/proposals.ts';
import { createEventRelay } from '#server/services/event-relay.ts';
import { type ServiceLoop, startServices } from '#server/services/loop.ts';
import { addSeconds, formatInstant, nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { insertFlow } from '#tests/support/orchestration.ts';
import { openSocket } from '#tests/support/socket-client.ts';
import { type SocketServer, serveSockets } from '#tests/support/socket-server.ts';
import { untilSettled } from '#tests/support/until-settled.ts';

interface Frame {
  readonly type: string;
  readonly event: { readonly id: string; readonly event: string; readonly received: string };
}

describeEachDatabase('the stream of events', (db) => {
  let server: SocketServer;
  let relay: ServiceLoop;
  beforeAll(async () => {
    server = await serveSockets(db.ctx);
    relay = startServices(db.ctx, [createEventRelay()]);
  });
  afterAll(async () => {
    await server.close();
    await relay.stop();
  });

  const open = async () => {
    const client = await openSocket(`${server.url}/api/events/out`);
    client.send({ type: 'auth', token: null });
    await client.next(0);
    return client;
  };
  const event = (name: string, resourceId: string, secondsAgo = 0) => ({
    id: newId(),
    occurred: formatInstant(addSeconds(nowMicros(), -secondsAgo)),
    event: name,
    resource: { 'prefect.resource.id': resourceId, kind: 'probe' },
    related: [{ 'prefect.resource.id': 'flow.1', 'prefect.resource.role': 'flow' }],
  });
  const inAnHour = () => ({ until: formatInstant(addSeconds(nowMicros(), 3600)) });

  test.each([
    ['a first frame of another type', { type: 'other' }, 1002, "Expected 'filter' message"],
    ['a missing filter', { type: 'filter' }, 1002, "Invalid filter: 'filter'"],
    ['an invalid filter', { type: 'filter', filter: { event: 5 } }, 1006, ''],
    ['an unknown criterion', { type: 'filter', filter: { nothing: {} } }, 1006, ''],
    ['what is no JSON object', '[', 1006, ''],
  ])('ends at %s', async (_what, frame, code, reason) => {
    const client = await open();
    client.send(frame);
    expect(await client.untilClosed()).toEqual({ code, reason });
  });

  test('takes the whole filter that clients send, the criteria they leave out as null', async () => {
    const resourceId = `probe.${newId()}`;
    const [wanted, other] = [event('p.wanted', resourceId), event('p.other', resourceId)];
    await ingestEvents(db.ctx, [other, wanted]);
    const client = await open();
    const absent = { event: null, related: null, any_resource: null, id: { id: [] } };
    const resource = { id: [resourceId], id_prefix: null, labels: null, distinct: false };
    const filter = { ...absent, resource, occurred: inAnHour(), order: 'DESC' };
    client.send({ type: 'filter', filter: { ...filter, text: { query: 'WANTED -other' } } });
    await client.next(1);
    expect((client.frames[1] as Frame).event.id).toBe(wanted.id);
    const second = await open();
    second.send({ type: 'filter', filter: { ...filter, text: null } });
    await second.next(2);
    expect(second.frames).toHaveLength(3);
  });

  test('sends the last minutes first, then what is new, each once and as stored', async () => {
    const resourceId = `probe.${newId()}`;
    const [old, recent, live] = [
      event('p.old', resourceId, 1200),
      event('p.recent', resourceId, 5),
      event('p.live', resourceId),
    ];
    await ingestEvents(db.ctx, [old, recent]);
    const client = await open();
    client.send({
      type: 'filter',
      filter: { resource: { id: [resourceId] }, occurred: inAnHour() },
    });
    await client.next(1);
    await ingestEvents(db.ctx, [live]);
    await client.next(2);
    // Client frames after the filter change nothing.
    client.send({ type: 'filter', filter: {} });
    const sent = (client.frames.slice(1) as readonly Frame[]).map(({ event: { id } }) => id);
    expect(sent).toEqual([recent.id, live.id]);
    expect(client.frames[2]).toMatchObject({
      type: 'event',
      event: { ...live, follows: null, payload: {} },
    });
    client.socket.close();
  });

  test('sends only what the filter wants', async () => {
    const mark = newId();
    const client = await open();
    client.send({
      type: 'filter',
      backfill: false,
      filter: {
        occurred: inAnHour(),
        event: { prefix: ['want.'], exclude_name: ['want.not'] },
        resource: { id_prefix: [`a.${mark}`], labels: { kind: ['pro*'] } },
        related: [{ role: ['flow'], id: ['flow.1'] }],
        any_resource: { id: ['flow.1'] },
      },
    });
    // A filter takes hold when its backfill has begun, so events are offered until the first arrives.
    const wanted = () => event('want.this', `a.${mark}.1`);
    await expect
      .poll(async () => {
        await ingestEvents(db.ctx, [
          event('other', `a.${mark}.1`),
          event('want.not', `a.${mark}.1`),
          event('want.this', `b.${mark}`),
          wanted(),
        ]);
        return client.frames.length;
      })
      .toBeGreaterThan(1);
    const names = (client.frames.slice(1) as readonly Frame[]).map((frame) => frame.event.event);
    expect(new Set(names)).toEqual(new Set(['want.this']));
    client.socket.close();
  });

  test('without an end in its filter it sends nothing that happens later', async () => {
    const resourceId = `probe.${newId()}`;
    const client = await open();
    client.send({ type: 'filter', filter: { resource: { id: [resourceId] } } });
    const other = await open();
    other.send({
      type: 'filter',
      filter: { resource: { id: [resourceId] }, occurred: inAnHour() },
    });
    await expect
      .poll(async () => {
        await ingestEvents(db.ctx, [event('later', resourceId)]);
        return other.frames.length;
      })
      .toBeGreaterThan(1);
    expect(client.frames).toHaveLength(1);
    client.socket.close();
    other.socket.close();
  });

  test('tells of a change of state that this server made', async () => {
    const { id: flowId } = await insertFlow(db.ctx);
    const client = await open();
    client.send({
      type: 'filter',
      filter: { event: { name: ['prefect.flow-run.Running'] }, occurred: inAnHour() },
    });
    const { flowRun } = await createFlowRun(db.ctx, { flowId, state: running() });
    expect(await client.next(1)).toMatchObject({
      event: {
        id: flowRun.stateId,
        resource: { 'prefect.resource.id': `prefect.flow-run.${flowRun.id}` },
      },
    });
    client.socket.close();
  });
});

describeEachDatabase(
  'the stream of events, turned off',
  (db) => {
    test('sends what was stored, and nothing that is new', async () => {
      const server = await serveSockets(db.ctx);
      const relay = startServices(db.ctx, [createEventRelay()]);
      const resourceId = `probe.${newId()}`;
      const made = (name: string) => ({
        id: newId(),
        occurred: formatInstant(nowMicros()),
        event: name,
        resource: { 'prefect.resource.id': resourceId },
      });
      await ingestEvents(db.ctx, [made('p.stored')]);
      await untilSettled(db.ctx, 'event');
      const client = await openSocket(`${server.url}/api/events/out`);
      client.send({ type: 'auth', token: null });
      await client.next(0);
      const until = formatInstant(addSeconds(nowMicros(), 3600));
      client.send({
        type: 'filter',
        filter: { resource: { id: [resourceId] }, occurred: { until } },
      });
      await client.next(1);
      await ingestEvents(db.ctx, [made('p.new')]);
      await untilSettled(db.ctx, 'event');
      // Whoever comes now is sent both, so the new one had its time to arrive.
      const later = await openSocket(`${server.url}/api/events/out`);
      later.send({ type: 'auth', token: null });
      await later.next(0);
      later.send({
        type: 'filter',
        filter: { resource: { id: [resourceId] }, occurred: { until } },
      });
      await later.next(2);
      expect(client.frames).toHaveLength(2);
      await server.close();
      await relay.stop();
    });
  },
  { events: { streamOutEnabled: false } },
);
