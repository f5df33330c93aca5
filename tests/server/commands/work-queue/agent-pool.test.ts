import { expect, test } from 'vitest';

import { createAgentWorkQueue } from '#server/commands/work-queue/resolve-work-queue.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

describeEachDatabase('The pool of agents', (db) => {
  test('is made once, for all who need it first at the same moment', async () => {
    const names = ['one', 'two', 'three', 'four'];
    const queues = await Promise.all(names.map((name) => createAgentWorkQueue(db.ctx, { name })));
    expect(new Set(queues.map(({ workPoolId }) => workPoolId)).size).toBe(1);
    expect(queues.map(({ name }) => name)).toEqual(names);
  });
});
