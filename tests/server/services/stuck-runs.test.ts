import { expect, test } from 'vitest';

import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { ingestEvents } from '#server/events/ingest.ts';
import { newId } from '#server/ids.ts';
import { failed, paused, pending, running } from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import type { ProposedState } from '#server/orchestration/states.ts';
import { readFlowRun } from '#server/queries/flow-run/read-flow-run.ts';
import { heartbeatReaper } from '#server/services/heartbeat-reaper.ts';
import { pauseExpirations } from '#server/services/pause-expirations.ts';
import { withSettings } from '#server/settings.ts';
import { addSeconds, formatInstant, nowMicros } from '#server/time.ts';
import { type TestDatabase, describeEachDatabase } from '#tests/support/database.ts';
import { insertFlow } from '#tests/support/orchestration.ts';

const helpers = (db: TestDatabase) => {
  const create = async (states: readonly ProposedState[]): Promise<string> => {
    const { id: flowId } = await insertFlow(db.ctx);
    const { flowRun } = await createFlowRun(db.ctx, { flowId, state: pending() });
    for (const proposed of states) {
      await setFlowRunState(db.ctx, { flowRunId: flowRun.id, proposed });
    }
    return flowRun.id;
  };
  const stateOf = async (id: string) => (await readFlowRun(db.ctx, id))?.state;
  return { create, stateOf };
};

const ago = (seconds: number): string => formatInstant(addSeconds(nowMicros(), -seconds));

describeEachDatabase('Pauses', (db) => {
  const { create, stateOf } = helpers(db);
  const pausedUntil = (timeout: string | null) =>
    create([running(), paused('Paused', { timeout, isRescheduled: false })]);

  test('that have no end, a later one or were ended are left alone', async () => {
    const endless = await pausedUntil(null);
    const longer = await pausedUntil(ago(-60));
    const resumed = await pausedUntil(ago(-60));
    await setFlowRunState(db.ctx, { flowRunId: resumed, proposed: running(), force: true });
    expect(await pauseExpirations.runOnce(db.ctx)).toEqual({ expired: 0 });
    const types = [await stateOf(endless), await stateOf(longer), await stateOf(resumed)];
    expect(types.map((state) => state?.type)).not.toContain('FAILED');
  });

  test('that have lasted too long fail their run, once, whatever the zone of their end', async () => {
    const runs = [
      await pausedUntil(ago(1)),
      await pausedUntil(ago(-2 * 3600 + 1).replace('Z', '+02:00')),
    ];
    expect(await pauseExpirations.runOnce(db.ctx)).toEqual({ expired: 2 });
    expect(await pauseExpirations.runOnce(db.ctx)).toEqual({ expired: 0 });
    for (const id of runs) {
      expect(await stateOf(id)).toMatchObject({
        type: 'FAILED',
        message: 'The flow was paused and never resumed.',
      });
    }
  });

  test('are all found, however many there are', async () => {
    const ends = Array.from({ length: 205 }, () => ago(1));
    await Promise.all(ends.map(pausedUntil));
    expect(await pauseExpirations.runOnce(db.ctx)).toEqual({ expired: 205 });
  });
});

describeEachDatabase('Heartbeats', (db) => {
  const { create, stateOf } = helpers(db);
  const heartbeat = (flowRunId: string, secondsAgo: number) =>
    ingestEvents(db.ctx, [
      {
        id: newId(),
        occurred: ago(secondsAgo),
        event: 'prefect.flow-run.heartbeat',
        resource: { 'prefect.resource.id': `prefect.flow-run.${flowRunId}` },
      },
    ]);
  /** The service once its bound has passed since everything that happened before. */
  const tick = (afterSeconds: number) =>
    heartbeatReaper.runOnce({
      ...db.ctx,
      settings: withSettings(db.ctx.settings, { services: { heartbeatReaper: { afterSeconds } } }),
    });

  test('are not expected unless the settings ask for them', () => {
    expect(heartbeatReaper.isEnabled(db.ctx.settings)).toBe(false);
  });

  test('that never came, still come, or came before the run ended end nothing', async () => {
    const silent = await create([running()]);
    const alive = await create([running()]);
    const ended = await create([running(), failed('as it happens')]);
    const young = await create([running()]);
    for (const seconds of [90, 60, 1]) await heartbeat(alive, seconds);
    await heartbeat(ended, 60);
    // From an attempt before this one.
    await heartbeat(young, 60);
    expect(await tick(30)).toEqual({ crashed: 0 });
    expect((await stateOf(silent))?.type).toBe('RUNNING');
    expect((await stateOf(alive))?.type).toBe('RUNNING');
  });

  test('that have stopped crash the run, once', async () => {
    const flowRunId = await create([running()]);
    const alive = await create([running()]);
    await heartbeat(flowRunId, 90);
    await heartbeat(alive, -60);
    expect(await tick(0.000_001)).toEqual({ crashed: expect.any(Number) });
    expect(await stateOf(flowRunId)).toMatchObject({
      type: 'CRASHED',
      message: expect.stringContaining('No heartbeat'),
    });
    expect((await stateOf(alive))?.type).toBe('RUNNING');
    expect(await tick(0.000_001)).toEqual({ crashed: 0 });
  });
});
