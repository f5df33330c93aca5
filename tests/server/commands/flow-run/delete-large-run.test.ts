import { expect, test } from 'vitest';

import { putTagLimit } from '#server/commands/concurrency-limit/limit-commands.ts';
import { withHolders } from '#server/commands/concurrency-limit/tag-limits.ts';
import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { deleteFlowRun } from '#server/commands/flow-run/delete-flow-run.ts';
import { createTaskRun } from '#server/commands/task-run/create-task-run.ts';
import { running } from '#server/orchestration/proposals.ts';
import { setTaskRunState } from '#server/orchestration/set-task-run-state.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { insertFlow } from '#tests/support/orchestration.ts';

describeEachDatabase('a flow run with many task runs', (db) => {
  test('is removed with all of them, a part at a time, and their slots are given back', async () => {
    const { limit } = await putTagLimit(db.ctx, { tag: 'slow', limit: 400 });
    const flow = await insertFlow(db.ctx);
    const { flowRun } = await createFlowRun(db.ctx, { flowId: flow.id, state: running() });
    const start = async (index: number): Promise<void> => {
      const { taskRun } = await createTaskRun(db.ctx, {
        flowRunId: flowRun.id,
        taskKey: 'task',
        dynamicKey: String(index),
        tags: ['slow'],
        state: null,
      });
      await setTaskRunState(db.ctx, { taskRunId: taskRun.id, proposed: running() });
    };
    await Promise.all(Array.from({ length: 360 }, (_, index) => start(index)));
    const holders = async () => (await db.ctx.db.read(() => withHolders(limit))).holders.length;
    expect(await holders()).toBe(360);

    let commits = 0;
    db.ctx.db.onCommit(() => {
      commits += 1;
    });
    await deleteFlowRun(db.ctx, { flowRunId: flowRun.id });
    expect(await holders()).toBe(0);
    expect(await db.ctx.db.prisma.taskRun.count()).toBe(0);
    expect(commits).toBeGreaterThan(1);
  });
});
