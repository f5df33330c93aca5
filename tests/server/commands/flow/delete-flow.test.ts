import { expect, test } from 'vitest';

import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { createFlow } from '#server/commands/flow/create-flow.ts';
import { deleteFlow } from '#server/commands/flow/delete-flow.ts';
import { newId } from '#server/ids.ts';
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
});
