import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { type App, createApp } from '#server/app.ts';
import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { createFlow } from '#server/commands/flow/create-flow.ts';
import { createWorkPool } from '#server/commands/work-pool/create-work-pool.ts';
import { newId } from '#server/ids.ts';
import { scheduled } from '#server/orchestration/proposals.ts';
import { nowMicros } from '#server/time.ts';
import { type StartedApp, startApp } from '#tests/support/app.ts';
import { delayTask } from '#tests/support/background-runs.ts';
import { testedKinds } from '#tests/support/database.ts';
import { openSocket } from '#tests/support/socket-client.ts';

/** Less than the time after which a reader looks without having been told. */
const TOLD_MILLIS = 2000;

describe.runIf(testedKinds.includes('postgresql'))('Two servers on one PostgreSQL', () => {
  let one: StartedApp;
  let other: App;
  let otherUrl = '';

  beforeAll(async () => {
    one = await startApp('postgresql');
    const { settings, log } = one.app.ctx;
    other = await createApp(settings, log);
    otherUrl = (await other.listen()).url;
  });
  afterAll(async () => {
    await other.close();
    await one.close();
  });

  /** Takes every background run of a task that a server has for it; gives their ids. */
  const takeTaskRuns = async (url: string, key: string): Promise<string[]> => {
    const taken: string[] = [];
    const address = `${url.replace('http', 'ws')}/api/task_runs/subscriptions/scheduled`;
    const client = await openSocket(address);
    client.socket.on('message', (data: Buffer) => {
      const frame: unknown = JSON.parse(data.toString('utf8'));
      if (typeof frame !== 'object' || frame === null || !('task_key' in frame)) return;
      taken.push(String(Reflect.get(frame, 'id')));
      client.send({ type: 'ack' });
    });
    client.send({ type: 'auth', token: null });
    await client.next(0);
    client.send({ type: 'subscribe', keys: [key], client_id: newId() });
    return taken;
  };

  const takeFlowRuns = (url: string, pool: string): string[] => {
    const taken: string[] = [];
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
    });
    const query = `subscription { scheduledFlowRuns(workPoolName: "${pool}", workerName: "w", prefetch: 100) { flowRun { id } } }`;
    client.subscribe<{ scheduledFlowRuns: { flowRun: { id: string } } }>(
      { query },
      {
        next: ({ data }) => void taken.push(data?.scheduledFlowRuns.flowRun.id ?? ''),
        error: () => undefined,
        complete: () => undefined,
      },
    );
    return taken;
  };

  test('a background run that one is sent is handed out by the other, at once', async () => {
    const key = newId();
    const taken = await takeTaskRuns(otherUrl, key);
    // The reader has had its first look, which found nothing.
    await expect
      .poll(() =>
        fetch(`${otherUrl}/api/task_workers/filter`, { method: 'POST' }).then((answer) =>
          answer.text(),
        ),
      )
      .toContain(key);
    const id = await delayTask(one.app.ctx, key);
    await expect.poll(() => taken, { timeout: TOLD_MILLIS }).toEqual([id]);
  });

  test('each of many runs is handed out by one of them', async () => {
    const key = newId();
    const takers = await Promise.all(
      [one.url, otherUrl, one.url, otherUrl].map((url) => takeTaskRuns(url, key)),
    );
    const made = await Promise.all(
      Array.from({ length: 60 }, (_unused, index) =>
        delayTask(index % 2 === 0 ? one.app.ctx : other.ctx, key),
      ),
    );
    await expect.poll(() => takers.flat().length, { timeout: 10_000 }).toBe(made.length);
    expect(new Set(takers.flat())).toEqual(new Set(made));
    expect(takers.filter((taken) => taken.length > 0).length).toBeGreaterThan(1);
  });

  test('flow runs are handed out by either, each once', async () => {
    const { ctx } = one.app;
    const pool = await createWorkPool(ctx, { name: `pool-${newId()}`, type: 'process' });
    const { flow } = await createFlow(ctx, { name: 'flow' });
    const takers = [takeFlowRuns(one.url, pool.name), takeFlowRuns(otherUrl, pool.name)];
    const made = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const state = scheduled({ at: nowMicros() });
        const run = { flowId: flow.id, workQueueId: pool.defaultQueueId, state };
        return (await createFlowRun(ctx, run)).flowRun.id;
      }),
    );
    await expect.poll(() => takers.flat().length, { timeout: 10_000 }).toBe(made.length);
    expect(new Set(takers.flat())).toEqual(new Set(made));
  });
});
