import { expect, test } from 'vitest';

import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { createWorkPool } from '#server/commands/work-pool/create-work-pool.ts';
import { createWorkQueue } from '#server/commands/work-queue/create-work-queue.ts';
import { newId } from '#server/ids.ts';
import { insertFlow } from '#tests/support/orchestration.ts';
import { describeEachDoor } from '#tests/support/state-doors.ts';

import { proposalOf } from './recorded-transitions.ts';

describeEachDoor('KeepWorkPoolLimits', (door) => {
  /** A pool with two queues, and as many scheduled runs in each as are wanted. */
  const build = async (limits: { pool: number | null; queue: number | null }, runs: number) => {
    const { ctx } = door;
    const { id: flowId } = await insertFlow(ctx);
    const name = `pool-${newId()}`;
    await createWorkPool(ctx, { name, type: 'process', concurrencyLimit: limits.pool });
    const queues = await Promise.all(
      ['one', 'two'].map((queue) =>
        createWorkQueue(ctx, { workPoolName: name, name: queue, concurrencyLimit: limits.queue }),
      ),
    );
    const make = async (workQueueId: string): Promise<string> => {
      const state = proposalOf('Scheduled past');
      return (await createFlowRun(ctx, { flowId, workQueueId, state })).flowRun.id;
    };
    const ids = queues.flatMap(({ id }) => Array.from({ length: runs }, () => make(id)));
    return { name, ids: await Promise.all(ids) };
  };
  const propose = (id: string, label: string, force = false) =>
    door.propose({ kind: 'flow_run', id, state: proposalOf(label), force });

  test.each([
    [{ pool: 3, queue: null }, 3],
    [{ pool: null, queue: 2 }, 4],
    [{ pool: 3, queue: 2 }, 3],
    [{ pool: 0, queue: null }, 0],
    [{ pool: null, queue: null }, 12],
  ])('with %j, of twelve runs that workers take at once %i start', async (limits, allowed) => {
    const { ids } = await build(limits, 6);
    const verdicts = await Promise.all(ids.map((id) => propose(id, 'Pending')));
    const refused = verdicts.filter(({ status }) => status !== 'ACCEPT');
    expect(verdicts.length - refused.length).toBe(allowed);
    for (const { status, state, details } of refused) {
      expect({ status, type: state?.type ?? 'SCHEDULED' }).toEqual({
        status: 'ABORT',
        type: 'SCHEDULED',
      });
      expect(details.reason).toMatch(/^All \d slots of work (pool|queue) ".+" are taken\.$/u);
    }
  });

  test('a run that ends makes room, one that is forced asks for none', async () => {
    const { ids } = await build({ pool: 1, queue: null }, 2);
    const [first = '', second = '', third = ''] = ids;
    expect((await propose(first, 'Pending')).status).toBe('ACCEPT');
    expect((await propose(first, 'Running')).status).toBe('ACCEPT');
    expect((await propose(second, 'Pending')).status).toBe('ABORT');
    expect((await propose(third, 'Pending', true)).status).toBe('ACCEPT');
    await propose(third, 'Crashed', true);
    await propose(first, 'Completed');
    expect((await propose(second, 'Pending')).status).toBe('ACCEPT');
  });
});
