import { beforeAll, beforeEach, expect, test } from 'vitest';

import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { createFlow } from '#server/commands/flow/create-flow.ts';
import { createWorkPool } from '#server/commands/work-pool/create-work-pool.ts';
import { getScheduledFlowRuns } from '#server/commands/work-pool/get-scheduled-flow-runs.ts';
import { newId } from '#server/ids.ts';
import { pending, scheduled } from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import { addSeconds, nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

import { type Follower, follow } from './support/operations.ts';

const FLOW_RUNS = `subscription Runs($pool: String!, $worker: String!) {
  scheduledFlowRuns(workPoolName: $pool, workerName: $worker, prefetch: 10) { flowRun { id } }
}`;

const WORKERS = 20;

interface Handed {
  readonly scheduledFlowRuns: { readonly flowRun: { readonly id: string } };
}

const counted = (ids: readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
};

describeEachDatabase('Twenty workers of one pool', (db) => {
  let flowId = '';
  let pool = '';
  let workQueueId = '';

  beforeAll(async () => {
    flowId = (await createFlow(db.ctx, { name: 'claimed' })).flow.id;
  });
  beforeEach(async () => {
    pool = `pool-${newId()}`;
    workQueueId =
      (await createWorkPool(db.ctx, { name: pool, type: 'process' })).defaultQueueId ?? '';
  });

  const schedule = async (count: number): Promise<readonly string[]> => {
    const ids: string[] = [];
    while (ids.length < count) {
      const made = Array.from({ length: 100 }, async (_, index) => {
        const at = addSeconds(nowMicros(), index - 200);
        const state = scheduled({ at });
        return (await createFlowRun(db.ctx, { flowId, workQueueId, state })).flowRun.id;
      });
      ids.push(...(await Promise.all(made)));
    }
    return ids;
  };

  test('claim two thousand runs at once: none is lost, none is handed to two', async () => {
    const ids = await schedule(2000);
    const handed: string[] = [];
    const streams = await Promise.all(
      Array.from({ length: WORKERS }, (_, index) =>
        follow(db.ctx, FLOW_RUNS, { pool, worker: `w-${index}` }),
      ),
    );
    const work = async (stream: Follower): Promise<void> => {
      for (;;) {
        // The operation above asks for this.
        const { scheduledFlowRuns } = (await stream.next()) as unknown as Handed;
        handed.push(scheduledFlowRuns.flowRun.id);
        await setFlowRunState(db.ctx, {
          flowRunId: scheduledFlowRuns.flowRun.id,
          proposed: pending(),
        });
      }
    };
    const working = Promise.allSettled(streams.map(work));
    await expect.poll(() => new Set(handed).size, { timeout: 60_000 }).toBe(ids.length);
    await Promise.all(streams.map((stream) => stream.stop()));
    await working;
    expect(counted(handed)).toEqual(counted(ids));
  }, 90_000);

  test('poll at once and propose PENDING: exactly one of them gets each run', async () => {
    const ids = await schedule(200);
    const won: string[] = [];
    const lost: string[] = [];
    const work = async (): Promise<void> => {
      for (;;) {
        const runs = await getScheduledFlowRuns(db.ctx, { workPoolName: pool, limit: 10 });
        if (runs.length === 0) return;
        for (const { flowRun } of runs) {
          const { status } = await setFlowRunState(db.ctx, {
            flowRunId: flowRun.id,
            proposed: pending(),
          });
          (status === 'ACCEPT' ? won : lost).push(flowRun.id);
        }
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, work));
    expect(counted(won)).toEqual(counted(ids));
    expect(lost.length).toBeGreaterThan(0);
  }, 60_000);

  test('are given a run again that nobody took', async () => {
    const [first] = await schedule(100);
    const polled = async (): Promise<readonly string[]> => {
      const runs = await getScheduledFlowRuns(db.ctx, { workPoolName: pool, limit: 1 });
      return runs.map(({ flowRun }) => flowRun.id);
    };
    expect(await polled()).toEqual([first]);
    expect(await polled()).toEqual([first]);
  });
});
