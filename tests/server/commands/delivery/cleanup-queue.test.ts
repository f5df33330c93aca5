import { expect, test } from 'vitest';

import {
  type CleanupKind,
  type CleanupReservation,
  enqueueCleanup,
  reserveCleanup,
} from '#server/commands/delivery/cleanup-queue.ts';
import { newId } from '#server/ids.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

describeEachDatabase('cleanups of a pool', (db) => {
  const enqueue = (
    workPoolId: string,
    kind: CleanupKind,
    workQueueId: string | null = null,
  ): Promise<void> =>
    db.ctx.db.write(() =>
      enqueueCleanup({
        kind,
        workPoolId,
        workQueueId,
        target: { flow_run_id: newId() },
        occasion: 'o',
      }),
    );
  const reserve = (wanted: Partial<CleanupReservation> & { readonly workPoolId: string }) =>
    reserveCleanup(db.ctx, {
      kinds: ['cancelling_timeout_teardown.v1', 'pending_claim_teardown.v1'],
      workQueueIds: [],
      takesAny: false,
      holder: 'worker',
      most: 10,
      leaseSeconds: 30,
      ...wanted,
    });

  test('of other queues and kinds are for others, however many come first', async () => {
    const workPoolId = newId();
    const [mine, other] = [newId(), newId()];
    for (let index = 0; index < 120; index += 1)
      await enqueue(workPoolId, 'cancelling_timeout_teardown.v1', other);
    expect(await reserve({ workPoolId, workQueueIds: [mine] })).toBeNull();
    await enqueue(workPoolId, 'pending_claim_teardown.v1', mine);
    const kinds = ['cancelling_timeout_teardown.v1'] as const;
    expect(await reserve({ workPoolId, workQueueIds: [mine], kinds })).toBeNull();
    expect(await reserve({ workPoolId, workQueueIds: [mine] })).toMatchObject({
      kind: 'pending_claim_teardown.v1',
      workQueueId: mine,
    });
    expect(await reserve({ workPoolId, takesAny: true })).toMatchObject({ workQueueId: other });
  });
});
