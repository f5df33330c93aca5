import { expect, test } from 'vitest';

import { recordWorkerHeartbeat } from '#server/commands/worker/record-worker-heartbeat.ts';
import { run } from '#server/db/script.ts';
import { addSeconds, nowMicros } from '#server/time.ts';
import { insertWorkPool } from '#tests/server/queries/rows.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

import { data } from './support/operations.ts';

const STATUS = '{ workPool(by: { name: "pool" }) { workers { nodes { name status } } } }';

describeEachDatabase('Workers in GraphQL', (db) => {
  test('a worker is offline as soon as it has missed three heartbeats, whatever is stored', async () => {
    await insertWorkPool(db.ctx, { name: 'pool' });
    const beat = { workPoolName: 'pool', name: 'worker', heartbeatIntervalSeconds: 10 };
    await recordWorkerHeartbeat(db.ctx, beat);
    const statusAfter = async (seconds: number) => {
      const lastHeartbeatTime = addSeconds(nowMicros(), -seconds);
      await db.ctx.db.write(() =>
        run(db.ctx.db.builder.updateTable('worker').set({ lastHeartbeatTime, status: 'ONLINE' })),
      );
      return data(db.ctx, STATUS);
    };
    const told = (status: string) => ({
      workPool: { workers: { nodes: [{ name: 'worker', status }] } },
    });
    expect(await statusAfter(25)).toEqual(told('ONLINE'));
    expect(await statusAfter(31)).toEqual(told('OFFLINE'));
  });
});
