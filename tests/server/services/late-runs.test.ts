import { expect, test } from 'vitest';

import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { one } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import { running, scheduled } from '#server/orchestration/proposals.ts';
import type { ProposedState } from '#server/orchestration/states.ts';
import { lateRuns } from '#server/services/late-runs.ts';
import { addSeconds, nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { insertFlow } from '#tests/support/orchestration.ts';

const readRun = statement<
  [id: string],
  { readonly stateName: string; readonly nextScheduledStartTime: number | null }
>('SELECT state_name, next_scheduled_start_time FROM flow_run WHERE id = ?');
const countLateEvents = statement<[resourceId: string], { readonly total: number }>(
  "SELECT count(*) AS total FROM event WHERE resource_id = ? AND event = 'prefect.flow-run.Late'",
);

describeEachDatabase('the late runs service', (db) => {
  const createRun = async (state: ProposedState): Promise<string> => {
    const { id: flowId } = await insertFlow(db.ctx);
    return (await createFlowRun(db.ctx, { flowId, state })).flowRun.id;
  };
  const dueIn = (seconds: number) => scheduled({ at: addSeconds(nowMicros(), seconds) });
  const stored = (id: string) => db.ctx.db.read(() => one(readRun(id)));

  test('leaves alone what is not due, just due, or running', async () => {
    const ids = [
      await createRun(dueIn(60)),
      await createRun(dueIn(-5)),
      await createRun(running()),
    ];
    expect(await lateRuns.runOnce(db.ctx)).toEqual({ markedLate: 0 });
    expect((await Promise.all(ids.map(stored))).map((run) => run?.stateName)).toEqual([
      'Scheduled',
      'Scheduled',
      'Running',
    ]);
  });

  test('calls a run late once, at its own time, with an event', async () => {
    const id = await createRun(dueIn(-60));
    const before = await stored(id);
    expect(await lateRuns.runOnce(db.ctx)).toEqual({ markedLate: 1 });
    expect(await lateRuns.runOnce(db.ctx)).toEqual({ markedLate: 0 });
    expect(await stored(id)).toEqual({ ...before, stateName: 'Late' });
    const events = await db.ctx.db.read(() => one(countLateEvents(`prefect.flow-run.${id}`)));
    expect(events?.total).toBe(1);
  });
});
