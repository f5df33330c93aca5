import { expect, test } from 'vitest';

import { recordChange } from '#server/events/record.ts';
import { newId } from '#server/ids.ts';
import { createEventRelay } from '#server/services/event-relay.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { waitFor } from '#tests/support/wait-for.ts';

describeEachDatabase('the event relay', (db) => {
  test('wakes listeners for changes that were committed but never announced', async () => {
    const relay = createEventRelay();
    await relay.runOnce(db.ctx);
    const flowRunId = newId();
    const taskRunId = newId();
    // A bus of its own: the process that wrote died before it could tell anybody.
    await db.ctx.db.write(() =>
      recordChange({ topic: 'task-run', kind: 'updated', entityId: taskRunId, flowRunId }),
    );
    const heard: string[] = [];
    const stop = db.ctx.bus.subscribe('task-run', ({ key }) => heard.push(key));
    // On PostgreSQL a row counts once no older transaction of any database on the server is open.
    const report = await waitFor(async () => {
      const { changes, ...others } = await relay.runOnce(db.ctx);
      return changes !== 0 && { changes, ...others };
    });
    expect(report).toEqual({ changes: 1, logs: 0 });
    expect(await relay.runOnce(db.ctx)).toEqual({ changes: 0, logs: 0 });
    stop();
    expect(heard).toEqual([taskRunId, flowRunId]);
  });
});
