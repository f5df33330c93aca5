import { expect, test } from 'vitest';

import { createWorkPool } from '#server/commands/work-pool/create-work-pool.ts';
import { deleteWorkPool } from '#server/commands/work-pool/delete-work-pool.ts';
import { updateWorkPool } from '#server/commands/work-pool/update-work-pool.ts';
import { createWorkQueue } from '#server/commands/work-queue/create-work-queue.ts';
import { deleteWorkQueue } from '#server/commands/work-queue/delete-work-queue.ts';
import { updateWorkQueue } from '#server/commands/work-queue/update-work-queue.ts';
import { recordWorkerHeartbeat } from '#server/commands/worker/record-worker-heartbeat.ts';
import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import { listWorkQueuesOfPool } from '#server/db/sql/work-queue-rows.ts';
import { statement } from '#server/db/statement.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

const readEvents = statement<
  [resourceId: string],
  { readonly event: string; readonly payload: unknown }
>('SELECT event, payload FROM event WHERE resource_id = ? ORDER BY seq');

const eventsOf = async (ctx: Context, resourceId: string) =>
  (await ctx.db.read(() => rows(readEvents(resourceId)))).map(({ event }) => event);

const prioritiesOf = async (ctx: Context, poolId: string) =>
  (await ctx.db.read(() => rows(listWorkQueuesOfPool(poolId)))).map(
    ({ name, priority }) => `${priority} ${name}`,
  );

describeEachDatabase('work pools', (db) => {
  test('a second pool of the same name is refused', async () => {
    await createWorkPool(db.ctx, { name: 'twice', type: 'process' });
    await expect(createWorkPool(db.ctx, { name: 'twice' })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'A work pool with this name already exists.',
    });
  });

  test('names that begin with Prefect are reserved', async () => {
    await expect(createWorkPool(db.ctx, { name: 'PreFect-x' })).rejects.toMatchObject({
      code: 'PROTECTED',
    });
    await expect(deleteWorkPool(db.ctx, { name: 'prefect' })).rejects.toMatchObject({
      code: 'PROTECTED',
    });
  });

  test('a template that uses an undeclared variable is refused', async () => {
    const baseJobTemplate = {
      job_configuration: { image: '{{ image }}' },
      variables: { properties: { cpu: { type: 'integer' } } },
    };
    await expect(createWorkPool(db.ctx, { name: 'bad', baseJobTemplate })).rejects.toMatchObject({
      code: 'INVALID',
      message: expect.stringContaining('undeclared variable(s): image'),
    });
  });

  test('a template whose default does not fit is refused', async () => {
    const baseJobTemplate = {
      job_configuration: { cpu: '{{ cpu }}' },
      variables: { properties: { cpu: { type: 'integer', default: 'many' } } },
    };
    await expect(createWorkPool(db.ctx, { name: 'bad', baseJobTemplate })).rejects.toMatchObject({
      code: 'INVALID',
      message: expect.stringContaining("'many' is not valid under any of the given schemas"),
    });
  });

  test('a new pool has a default queue and tells of itself', async () => {
    const pool = await createWorkPool(db.ctx, { name: 'new', type: 'process' });
    expect(await prioritiesOf(db.ctx, pool.id)).toEqual(['1 default']);
    expect(await eventsOf(db.ctx, `prefect.work-pool.${pool.id}`)).toEqual([
      'prefect.work-pool.created',
      'prefect.work-pool.not-ready',
    ]);
    expect(await eventsOf(db.ctx, `prefect.work-queue.${pool.defaultQueueId}`)).toEqual([
      'prefect.work-queue.created',
    ]);
  });

  test('a heartbeat makes a pool ready once, pausing and going on change its status', async () => {
    const { id } = await createWorkPool(db.ctx, { name: 'beating', type: 'process' });
    const beat = { workPoolName: 'beating', name: 'w', heartbeatIntervalSeconds: 30 };
    const first = await recordWorkerHeartbeat(db.ctx, beat);
    const second = await recordWorkerHeartbeat(db.ctx, { ...beat, heartbeatIntervalSeconds: null });
    expect(second).toMatchObject({ id: first.id, heartbeatIntervalSeconds: 30 });
    await updateWorkPool(db.ctx, { name: 'beating', changes: { isPaused: true } });
    const after = await updateWorkPool(db.ctx, { name: 'beating', changes: { isPaused: false } });
    expect(after).toMatchObject({ isPaused: false, status: 'READY' });
    expect((await eventsOf(db.ctx, `prefect.work-pool.${id}`)).slice(2)).toEqual([
      'prefect.work-pool.ready',
      'prefect.work-pool.paused',
      'prefect.work-pool.ready',
    ]);
  });

  test('an update tells of the fields that changed', async () => {
    const { id } = await createWorkPool(db.ctx, { name: 'changing', type: 'process' });
    await updateWorkPool(db.ctx, { name: 'changing', changes: { concurrencyLimit: 3 } });
    await updateWorkPool(db.ctx, { name: 'changing', changes: { concurrencyLimit: 3 } });
    const events = await db.ctx.db.read(() => rows(readEvents(`prefect.work-pool.${id}`)));
    expect(events.slice(2)).toEqual([
      {
        event: 'prefect.work-pool.updated',
        payload: {
          updated_fields: ['concurrency_limit'],
          updates: { concurrency_limit: { from: null, to: 3 } },
        },
      },
    ]);
  });
});

describeEachDatabase('work queues', (db) => {
  test('the default queue of a pool stays', async () => {
    const pool = await createWorkPool(db.ctx, { name: 'kept' });
    await expect(deleteWorkQueue(db.ctx, { id: pool.defaultQueueId ?? '' })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
  });

  test('a queue with a taken priority pushes the others down', async () => {
    const pool = await createWorkPool(db.ctx, { name: 'ranked' });
    const low = await createWorkQueue(db.ctx, { workPoolName: 'ranked', name: 'low' });
    await createWorkQueue(db.ctx, { workPoolName: 'ranked', name: 'high', priority: 1 });
    expect(await prioritiesOf(db.ctx, pool.id)).toEqual(['1 high', '2 default', '3 low']);
    await updateWorkQueue(db.ctx, { id: low.id, changes: { priority: 2 } });
    expect(await prioritiesOf(db.ctx, pool.id)).toEqual(['1 high', '2 low', '3 default']);
    await deleteWorkQueue(db.ctx, { id: low.id });
    expect(await prioritiesOf(db.ctx, pool.id)).toEqual(['1 high', '3 default']);
    await createWorkQueue(db.ctx, { workPoolName: 'ranked', name: 'gap' });
    expect(await prioritiesOf(db.ctx, pool.id)).toEqual(['1 high', '2 gap', '3 default']);
  });

  test('a queue goes on as not ready when nobody asked for its runs lately', async () => {
    await createWorkPool(db.ctx, { name: 'resting' });
    const { id } = await createWorkQueue(db.ctx, { workPoolName: 'resting', name: 'q' });
    const paused = await updateWorkQueue(db.ctx, { id, changes: { isPaused: true } });
    expect(paused.status).toBe('PAUSED');
    const resumed = await updateWorkQueue(db.ctx, { id, changes: { isPaused: false } });
    expect(resumed.status).toBe('NOT_READY');
    expect(await eventsOf(db.ctx, `prefect.work-queue.${id}`)).toEqual([
      'prefect.work-queue.created',
      'prefect.work-queue.paused',
      'prefect.work-queue.not-ready',
    ]);
  });
});
