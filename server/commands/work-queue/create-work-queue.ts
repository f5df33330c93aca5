import type { WorkPoolRow, WorkQueueRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, rows } from '#server/db/script.ts';
import { lockWorkPoolByName } from '#server/db/sql/work-pool-rows.ts';
import {
  listWorkQueuesOfPool,
  lockWorkQueuesOfPool,
  readWorkQueueRowByName,
} from '#server/db/sql/work-queue-rows.ts';
import { ServerError } from '#server/errors.ts';
import { recordChange } from '#server/events/record.ts';
import { newId } from '#server/ids.ts';
import { type JsonValue, optionalJson } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

import { workPoolNotFound } from './not-found.ts';
import { freePriority, moveWorkQueue } from './priorities.ts';
import { recordWorkQueueEvent } from './work-queue-events.ts';

export interface NewWorkQueue {
  readonly name: string;
  readonly description?: string | undefined;
  readonly isPaused?: boolean | undefined;
  readonly concurrencyLimit?: number | null | undefined;
  /** 1 is served first; without one the queue takes the first free place. */
  readonly priority?: number | null | undefined;
  readonly filter?: JsonValue | undefined;
}

const TAKEN = 'A work queue with this name already exists.';

/** Inserts a queue into a pool that the script has locked. CONFLICT when the pool has one of that name. */
export function* insertWorkQueue(
  ctx: Context,
  { pool, input }: { readonly pool: WorkPoolRow; readonly input: NewWorkQueue },
): Script<WorkQueueRow> {
  const now = nowMicros();
  const others = yield* rows(listWorkQueuesOfPool(pool.id));
  const queue = yield* one(
    ctx.db.builder
      .insertInto('workQueue')
      .values({
        id: newId(),
        created: now,
        updated: now,
        name: input.name,
        description: input.description ?? '',
        isPaused: input.isPaused ?? false,
        concurrencyLimit: input.concurrencyLimit ?? null,
        priority: input.priority ?? freePriority(others),
        status: 'NOT_READY',
        filter: optionalJson(input.filter),
        workPoolId: pool.id,
      })
      .onConflict((conflict) => conflict.columns(['workPoolId', 'name']).doNothing())
      .returningAll(),
  );
  if (queue === null) {
    const namesake = others.find(({ name }) => name === input.name);
    throw new ServerError('CONFLICT', TAKEN, {
      details: { name: input.name, existingId: namesake?.id },
    });
  }
  if (input.priority !== undefined && input.priority !== null) {
    yield* rows(lockWorkQueuesOfPool(pool.id));
    yield* moveWorkQueue(others, queue);
  }
  yield* recordWorkQueueEvent({ queue, pool, action: 'created' });
  yield* recordChange({ topic: 'work-queue', kind: 'created', entityId: queue.id });
  return queue;
}

/** The queue of that name in a locked pool, made when there is none. */
export function* ensureWorkQueue(
  ctx: Context,
  {
    pool,
    name,
    priority = null,
  }: { readonly pool: WorkPoolRow; readonly name: string; readonly priority?: number | null },
): Script<WorkQueueRow> {
  const existing = yield* one(readWorkQueueRowByName(pool.id, name));
  return existing ?? (yield* insertWorkQueue(ctx, { pool, input: { name, priority } }));
}

/** Makes a queue in a pool. NOT_FOUND for an unknown pool, CONFLICT when the name is taken. */
export const createWorkQueue = (
  ctx: Context,
  { workPoolName, ...input }: NewWorkQueue & { readonly workPoolName: string },
): Promise<WorkQueueRow> =>
  ctx.db.write(function* () {
    const pool = yield* one(lockWorkPoolByName(workPoolName));
    if (pool === null) throw workPoolNotFound(workPoolName);
    return yield* insertWorkQueue(ctx, { pool, input });
  });
