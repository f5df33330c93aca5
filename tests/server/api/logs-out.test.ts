import { afterAll, beforeAll, expect, test } from 'vitest';

import { createLogs } from '#server/commands/log/create-logs.ts';
import { newId } from '#server/ids.ts';
import { createEventRelay } from '#server/services/event-relay.ts';
import { type ServiceLoop, startServices } from '#server/services/loop.ts';
import { addSeconds, formatInstant, nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { type SocketClient, openSocket } from '#tests/support/socket-client.ts';
import { type SocketServer, serveSockets } from '#tests/support/socket-server.ts';
import { untilSettled } from '#tests/support/until-settled.ts';

const BOTH_ON = { logs: { streamOutEnabled: true, streamPublishingEnabled: true } };

describeEachDatabase('the stream of logs', (db) => {
  let server: SocketServer;
  let relay: ServiceLoop;
  beforeAll(async () => {
    server = await serveSockets(db.ctx, BOTH_ON);
    relay = startServices(db.ctx, [createEventRelay()]);
  });
  afterAll(async () => {
    await server.close();
    await relay.stop();
  });

  const open = async (url = server.url): Promise<SocketClient> => {
    const client = await openSocket(`${url}/api/logs/out`);
    client.send({ type: 'auth', token: null });
    await client.next(0);
    return client;
  };

  interface Line {
    readonly message: string;
    readonly level?: number;
    readonly flowRunId?: string | null;
    readonly taskRunId?: string | null;
    readonly secondsAgo?: number;
  }
  const log = (...lines: readonly Line[]): Promise<void> =>
    createLogs(
      db.ctx,
      lines.map(({ message, level = 20, flowRunId = null, taskRunId = null, secondsAgo = 0 }) => ({
        name: 'prefect.flow_runs',
        level,
        message,
        timestamp: addSeconds(nowMicros(), -secondsAgo),
        flowRunId,
        taskRunId,
      })),
    );
  const messagesOf = ({ frames }: SocketClient): readonly unknown[] =>
    (frames.slice(1) as readonly { log: { message: string } }[]).map((frame) => frame.log.message);

  /** Writes lines again and again until the client, whose filter takes hold at some moment, got the last of them. */
  const logUntilSeen = async (client: SocketClient, ...lines: readonly Line[]): Promise<void> => {
    await expect
      .poll(async () => {
        await log(...lines);
        return messagesOf(client).includes(lines.at(-1)?.message);
      })
      .toBe(true);
  };

  test.each([
    ['a first frame of another type', { type: 'other' }, 1002, "Expected 'filter' message"],
    ['a missing filter', { type: 'filter' }, 1002, "Invalid filter: 'filter'"],
    ['an invalid filter', { type: 'filter', filter: { level: 'x' } }, 1006, ''],
    ['what is no JSON object', '[', 1006, ''],
  ])('ends at %s', async (_what, frame, code, reason) => {
    const client = await open();
    client.send(frame);
    expect(await client.untilClosed()).toEqual({ code, reason });
  });

  test.each([
    ['stream', { streamOutEnabled: false, streamPublishingEnabled: true }],
    ['publish', { streamOutEnabled: true, streamPublishingEnabled: false }],
  ])('stays silent on a server that does not %s logs', async (_what, logs) => {
    const silent = await serveSockets(db.ctx, { logs });
    const client = await open(silent.url);
    client.send({ type: 'filter', filter: {} });
    const other = await open();
    other.send({ type: 'filter', filter: {} });
    await logUntilSeen(other, { message: 'heard elsewhere' });
    expect(client.frames).toHaveLength(1);
    await silent.close();
  });

  test('sends what is written from now on, as it is read elsewhere but for when it was stored', async () => {
    await log({ message: 'of the past' });
    await untilSettled(db.ctx, 'log');
    const [flowRunId, taskRunId] = [newId(), newId()];
    const client = await open();
    client.send({ type: 'filter', filter: { level: { ge_: 0 } } });
    await logUntilSeen(client, { message: 'live', flowRunId, taskRunId });
    expect(messagesOf(client)).not.toContain('of the past');
    expect(client.frames.at(-1)).toEqual({
      type: 'log',
      log: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        created: null,
        updated: null,
        name: 'prefect.flow_runs',
        level: 20,
        message: 'live',
        timestamp: expect.stringMatching(/Z$/),
        flow_run_id: flowRunId,
        task_run_id: taskRunId,
      },
    });
  });

  const run = newId();
  const task = newId();
  test.each([
    ['level', { level: { ge_: 20, le_: 30 } }, [{ level: 10 }, { level: 40 }], { level: 30 }],
    [
      'flow run',
      { flow_run_id: { any_: [run] } },
      [{}, { flowRunId: newId() }],
      { flowRunId: run },
    ],
    ['task run', { task_run_id: { any_: [task] } }, [{}], { taskRunId: task }],
    ['lack of a task run', { task_run_id: { is_null_: true } }, [{ taskRunId: task }], {}],
    [
      'time',
      { timestamp: { after_: formatInstant(addSeconds(nowMicros(), -60)) } },
      [{ secondsAgo: 600 }],
      {},
    ],
    [
      'all criteria, whatever the operator and the text say',
      { operator: 'or_', level: { ge_: 30 }, flow_run_id: { any_: [run] }, text: { query: 'no' } },
      [{ level: 40 }, { flowRunId: run, level: 10 }],
      { level: 40, flowRunId: run },
    ],
  ])('chooses by %s', async (_what, filter, others, wanted) => {
    const mark = newId();
    const client = await open();
    client.send({ type: 'filter', filter });
    const unwanted = others.map((line) => ({ ...line, message: `${mark} unwanted` }));
    await logUntilSeen(client, ...unwanted, { ...wanted, message: `${mark} wanted` });
    expect(messagesOf(client)).not.toContain(`${mark} unwanted`);
    client.socket.close();
  });
});
