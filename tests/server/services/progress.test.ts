import { afterEach, expect, test } from 'vitest';

import type { Context } from '#server/context.ts';
import { newId } from '#server/ids.ts';
import { createServiceBoard } from '#server/service-board.ts';
import { type ServiceLoop, startServices } from '#server/services/loop.ts';
import type { Service } from '#server/services/service.ts';
import { withSettings } from '#server/settings.ts';
import { addSeconds, nowMicros } from '#server/time.ts';
import { data } from '#tests/schema/support/operations.ts';
import { serveApi } from '#tests/support/api.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { waitFor } from '#tests/support/wait-for.ts';

const counting: Service = {
  name: 'counting',
  scope: 'leader',
  everySeconds: () => 0.05,
  isEnabled: () => true,
  runOnce: async () => ({ counted: 3 }),
};
const failing: Service = {
  ...counting,
  name: 'failing',
  scope: 'process',
  runOnce: async () => {
    throw new Error('as every time');
  },
};

const get = async (ctx: Context, path: string) => {
  const api = await serveApi(ctx);
  const answer = await api.call('GET', path);
  await api.close();
  return answer;
};

const haveTicked = ({ board }: Context): boolean =>
  board.list().length === 2 && board.list().every(({ ticks }) => ticks > 0);

const SERVICES =
  '{ server { services { name hasLeader isHere lastTickAt durationSeconds lagSeconds isStalled tickCount failureCount result error } } }';

describeEachDatabase('The progress of services', (db) => {
  const loops: ServiceLoop[] = [];
  /** The same database, seen from a process that has just started. */
  const another = (): Context => ({
    ...db.ctx,
    log: db.ctx.log.child({}, { level: 'silent' }),
    board: createServiceBoard(),
  });
  const start = (ctx: Context): Context => {
    loops.push(startServices(ctx, [counting, failing]));
    return ctx;
  };
  afterEach(async () => {
    for (const loop of loops.splice(0)) await loop.stop();
  });

  test('a process that has none says only that it is ready', async () => {
    expect((await get(another(), '/ready')).json).toEqual({ message: 'OK' });
  });

  test('one that has stopped makes the server not ready', async () => {
    const ctx = another();
    const slow = { name: 'slow', scope: 'process', periodSeconds: 5 } as const;
    ctx.board.start(slow, addSeconds(nowMicros(), -290));
    expect(await get(ctx, '/ready')).toMatchObject({ status: 200, json: { message: 'OK' } });
    ctx.board.start(slow, addSeconds(nowMicros(), -310));
    expect(await get(ctx, '/ready')).toMatchObject({
      status: 503,
      json: {
        message: 'Services have stopped: slow',
        services: [{ name: 'slow', stalled: true, last_tick: null, here: true }],
      },
    });
    const hourly = { name: 'hourly', scope: 'process', periodSeconds: 3600 } as const;
    ctx.board.start({ ...slow, periodSeconds: 3600 }, addSeconds(nowMicros(), -7200));
    ctx.board.start(hourly, addSeconds(nowMicros(), -7200));
    expect(await get(ctx, '/ready')).toMatchObject({ status: 200 });
  });

  test('tells of what records events: its last commit, and no lag while none come', async () => {
    const { ctx } = db;
    const api = await serveApi(ctx);
    const ready = () => api.call('GET', '/ready');
    const event = {
      id: newId(),
      occurred: '2026-01-01T00:00:00Z',
      event: 'something.happened',
      resource: { 'prefect.resource.id': 'something' },
    };
    await api.call('POST', '/events', [event]);
    await ctx.intake.whenIdle();
    expect((await ready()).json).toMatchObject({
      services: [{ name: 'event-recorder', result: { events: 1 }, lag_seconds: 0, failed: false }],
    });
    const recorder = { name: 'event-recorder', scope: 'process', periodSeconds: 0.01 } as const;
    const longAgo = addSeconds(nowMicros(), -310);
    ctx.board.start({ ...recorder, isIdle: true }, longAgo);
    expect((await ready()).status).toBe(200);
    ctx.board.setIdle('event-recorder', false, longAgo);
    expect(await ready()).toMatchObject({
      status: 503,
      json: { message: 'Services have stopped: event-recorder' },
    });
    ctx.board.setIdle('event-recorder', true, nowMicros());
    expect((await ready()).status).toBe(200);
    await api.close();
  });

  test('is told by both doors: what the last tick counted, and which of them fail', async () => {
    const ctx = start(another());
    await waitFor(() => haveTicked(ctx), { what: 'ticks' });
    const { status, json } = await get(ctx, '/ready');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      message: 'OK',
      services: expect.arrayContaining([
        expect.objectContaining({ name: 'counting', result: { counted: 3 }, failed: false }),
        expect.objectContaining({ name: 'failing', result: null, failed: true }),
      ]),
    });
    const told = await data(ctx, SERVICES);
    expect(told).toMatchObject({
      server: {
        services: [
          { name: 'counting', hasLeader: true, isHere: true, error: null, failureCount: 0 },
          { name: 'failing', hasLeader: false, isHere: true, error: 'as every time' },
        ],
      },
    });
  });

  test('is told by a process that leads none of them, too', async () => {
    const leader = start(another());
    await waitFor(() => leader.board.isLeader, { what: 'the leader' });
    const follower = start(another());
    const seen = await waitFor(
      async () => {
        const told = await data(follower, SERVICES);
        const text = JSON.stringify(told);
        return text.includes('"counted":3') ? told : null;
      },
      { withinMillis: 10_000, what: 'what the leader wrote down' },
    );
    expect(seen).toMatchObject({
      server: {
        services: [
          { name: 'counting', isHere: false, result: { counted: 3 }, isStalled: false },
          { name: 'failing', isHere: true },
        ],
      },
    });
    expect((await get(follower, '/ready')).status).toBe(200);
  });

  test('is there for Prometheus only where it is asked for', async () => {
    const ctx = start(another());
    await waitFor(() => haveTicked(ctx), { what: 'ticks' });
    expect((await get(ctx, '/metrics')).status).toBe(404);
    const settings = withSettings(ctx.settings, { metricsEnabled: true });
    const { status, text } = await get({ ...ctx, settings }, '/metrics');
    expect(status).toBe(200);
    expect(text).toMatch(/^prefect_server_service_ticks_total\{service="counting"\} \d+$/m);
    expect(text).toMatch(
      /^prefect_server_service_result\{service="counting",count="counted"\} 3$/m,
    );
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  });
});
