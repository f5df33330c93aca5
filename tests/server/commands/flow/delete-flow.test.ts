import { expect, test } from 'vitest';

import { putTagLimit } from '#server/commands/concurrency-limit/limit-commands.ts';
import { withHolders } from '#server/commands/concurrency-limit/tag-limits.ts';
import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { createFlow } from '#server/commands/flow/create-flow.ts';
import { deleteFlow, deleteFlows } from '#server/commands/flow/delete-flow.ts';
import { createTaskRun } from '#server/commands/task-run/create-task-run.ts';
import { newId } from '#server/ids.ts';
import { running } from '#server/orchestration/proposals.ts';
import { setTaskRunState } from '#server/orchestration/set-task-run-state.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

describeEachDatabase('a flow that is removed', (db) => {
  test('is refused when there is none', async () => {
    await expect(deleteFlow(db.ctx, newId())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('takes all of its many runs with it, and none of others', async () => {
    const flows = await Promise.all(
      ['many', 'few'].map((name) => createFlow(db.ctx, { name: `${name}-runs` })),
    );
    const [many, few] = flows.map(({ flow }) => flow.id);
    const runs = Array.from({ length: 130 }, (_, index) => (index < 127 ? many : few));
    await Promise.all(
      runs.map((flowId) => createFlowRun(db.ctx, { flowId: flowId ?? '', state: null })),
    );
    expect((await deleteFlow(db.ctx, many ?? '')).name).toBe('many-runs');
    expect(await db.ctx.db.prisma.flowRun.count()).toBe(3);
  });

  test('gives back the slots that its task runs held', async () => {
    const { limit } = await putTagLimit(db.ctx, { tag: 'slow', limit: 5 });
    const { flow } = await createFlow(db.ctx, { name: 'holder' });
    const { flowRun } = await createFlowRun(db.ctx, { flowId: flow.id, state: running() });
    const { taskRun } = await createTaskRun(db.ctx, {
      flowRunId: flowRun.id,
      taskKey: 'task',
      dynamicKey: '0',
      tags: ['slow'],
      state: null,
    });
    await setTaskRunState(db.ctx, { taskRunId: taskRun.id, proposed: running() });
    const holders = async () => (await db.ctx.db.read(() => withHolders(limit))).holders;
    expect(await holders()).toEqual([taskRun.id]);
    expect(await deleteFlows(db.ctx, [newId(), flow.id])).toEqual([flow.id]);
    expect(await holders()).toEqual([]);
  });
});
