import type { WorkPoolRow, WorkQueueRow } from '#prisma/tables.ts';
import {
  AGENT_POOL_TYPE,
  insertWorkPoolOnce,
} from '#server/commands/work-pool/create-work-pool.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, run } from '#server/db/script.ts';
import { readWorkPoolRowByName } from '#server/db/sql/read-entity.ts';
import { lockWorkPoolByName } from '#server/db/sql/work-pool-rows.ts';
import { readWorkQueueRow, readWorkQueueRowByName } from '#server/db/sql/work-queue-rows.ts';

import { ensureWorkQueue, insertWorkQueue } from './create-work-queue.ts';
import type { NewWorkQueue } from './create-work-queue.ts';
import { workPoolNotFound, workPoolQueueNotFound } from './not-found.ts';

/** The pool of queues that belong to no other. */
export const DEFAULT_AGENT_POOL = 'default-agent-pool';

/** The pool of that name, locked; the pool of agents is made when somebody asks for it. */
export function* lockPoolToUse(ctx: Context, name: string): Script<WorkPoolRow> {
  const pool = yield* one(lockWorkPoolByName(name));
  if (pool !== null) return pool;
  if (name !== DEFAULT_AGENT_POOL) throw workPoolNotFound(name);
  const made = yield* insertWorkPoolOnce(ctx, { name, type: AGENT_POOL_TYPE });
  // Two may ask for it for the first time at once: the one that was slower takes the other's.
  return made ?? (yield* lockPoolToUse(ctx, name));
}

export interface QueueChoice {
  readonly workPoolName?: string | null | undefined;
  readonly workQueueName?: string | null | undefined;
}

const isNamed = (name: string | null | undefined): name is string =>
  name !== undefined && name !== null && name !== '';

const poolNameOf = ({ workPoolName, workQueueName }: QueueChoice): string | null => {
  if (isNamed(workPoolName)) return workPoolName;
  return isNamed(workQueueName) ? DEFAULT_AGENT_POOL : null;
};

/**
 * Keeps the pool of the queue that a deployment's words choose, where there is one: whoever is to keep a deployment too
 * keeps the pool first, as whoever removes that.
 */
export function* keepChosenPool(choice: QueueChoice): Script<void> {
  const name = poolNameOf(choice);
  if (name !== null) yield* run(lockWorkPoolByName(name));
}

/**
 * The queue that a deployment's words choose: a queue of a pool, made when it is missing; the default queue of a
 * pool; a queue of the pool of agents. Null when they choose none. NOT_FOUND for an unknown pool.
 */
export function* resolveWorkQueue(
  ctx: Context,
  { workPoolName, workQueueName }: QueueChoice,
): Script<WorkQueueRow | null> {
  const poolName = poolNameOf({ workPoolName, workQueueName });
  if (poolName === null) return null;
  const pool = yield* lockPoolToUse(ctx, poolName);
  // A queue that names no pool goes before the others, as agents are used to.
  const priority = poolName === workPoolName ? null : 1;
  if (isNamed(workQueueName))
    return yield* ensureWorkQueue(ctx, { pool, name: workQueueName, priority });
  return pool.defaultQueueId === null ? null : yield* one(readWorkQueueRow(pool.defaultQueueId));
}

/** The queue of a pool by its name, or the pool's default queue. NOT_FOUND when there is no such pool or queue. */
export function* requireWorkQueue({
  workPoolName,
  workQueueName,
}: {
  readonly workPoolName: string;
  readonly workQueueName?: string | null | undefined;
}): Script<WorkQueueRow> {
  const pool = yield* one(readWorkPoolRowByName(workPoolName));
  if (pool === null) {
    throw workQueueName
      ? workPoolQueueNotFound(workPoolName, workQueueName)
      : workPoolNotFound(workPoolName);
  }
  const queue = workQueueName
    ? yield* one(readWorkQueueRowByName(pool.id, workQueueName))
    : yield* one(readWorkQueueRow(pool.defaultQueueId ?? ''));
  if (queue === null) throw workPoolQueueNotFound(workPoolName, workQueueName ?? 'default');
  return queue;
}

/** Makes a queue that names no pool, in the pool of agents. CONFLICT when the name is taken. */
export const createAgentWorkQueue = (ctx: Context, input: NewWorkQueue): Promise<WorkQueueRow> =>
  ctx.db.write(function* () {
    const pool = yield* lockPoolToUse(ctx, DEFAULT_AGENT_POOL);
    return yield* insertWorkQueue(ctx, { pool, input });
  });
