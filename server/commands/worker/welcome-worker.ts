import type { WorkPoolRow, WorkQueueRow, WorkerRow } from '#prisma/tables.ts';
import { createWorkPool } from '#server/commands/work-pool/create-work-pool.ts';
import { updateWorkPool } from '#server/commands/work-pool/update-work-pool.ts';
import { workPoolNotFound, workPoolQueueNotFound } from '#server/commands/work-queue/not-found.ts';
import type { Context } from '#server/context.ts';
import { one, rows } from '#server/db/script.ts';
import { readWorkPoolRow, readWorkPoolRowByName } from '#server/db/sql/read-entity.ts';
import { listWorkQueuesOfPool } from '#server/db/sql/work-queue-rows.ts';
import { isServerError } from '#server/errors.ts';
import type { JsonObject } from '#server/json.ts';

import { recordWorkerHeartbeat } from './record-worker-heartbeat.ts';

/** How a worker introduces itself. */
export interface WorkerHello {
  readonly workPoolName: string;
  readonly workerName: string;
  readonly workerType: string;
  readonly heartbeatIntervalSeconds: number;
  /** All queues of the pool when it is empty. */
  readonly workQueueNames: readonly string[];
  readonly createPoolIfNotFound: boolean;
  /** The template for a pool that has none. */
  readonly defaultBaseJobTemplate: JsonObject;
  readonly metadata: JsonObject | null;
}

export interface WorkerWelcome {
  readonly worker: WorkerRow;
  readonly pool: WorkPoolRow;
  readonly workQueues: readonly WorkQueueRow[];
}

const isEmpty = (object: JsonObject): boolean => Object.keys(object).length === 0;

const readPool = (ctx: Context, name: string): Promise<WorkPoolRow | null> =>
  ctx.db.read(() => one(readWorkPoolRowByName(name)));

const createPool = async (ctx: Context, hello: WorkerHello): Promise<WorkPoolRow> => {
  const { workPoolName: name, workerType: type, defaultBaseJobTemplate: baseJobTemplate } = hello;
  try {
    return await createWorkPool(ctx, { name, type, baseJobTemplate });
  } catch (error) {
    // Another worker of the new pool was faster.
    const pool = isServerError(error, 'CONFLICT') ? await readPool(ctx, name) : null;
    if (pool === null) throw error;
    return pool;
  }
};

const resolvePool = async (ctx: Context, hello: WorkerHello): Promise<WorkPoolRow> => {
  const { workPoolName: name, defaultBaseJobTemplate: baseJobTemplate } = hello;
  const found = await readPool(ctx, name);
  if (found === null && !hello.createPoolIfNotFound) throw workPoolNotFound(name);
  const pool = found ?? (await createPool(ctx, hello));
  if (!isEmpty(pool.baseJobTemplate) || isEmpty(baseJobTemplate)) return pool;
  return updateWorkPool(ctx, { name, changes: { baseJobTemplate } });
};

const queuesNamed = (
  all: readonly WorkQueueRow[],
  { workPoolName, workQueueNames }: WorkerHello,
): readonly WorkQueueRow[] => {
  if (workQueueNames.length === 0) return all;
  return [...new Set(workQueueNames)].map((name) => {
    const queue = all.find((candidate) => candidate.name === name);
    if (queue === undefined) throw workPoolQueueNotFound(workPoolName, name);
    return queue;
  });
};

/**
 * Lets a worker in: finds its pool, or makes it if that is wanted, gives it a template if it has none, and notes a
 * first heartbeat. NOT_FOUND for an unknown pool or queue, PROTECTED for a pool with a reserved name that would have
 * to be made, INVALID for a template that does not fit.
 */
export const welcomeWorker = async (ctx: Context, hello: WorkerHello): Promise<WorkerWelcome> => {
  const { id, name } = await resolvePool(ctx, hello);
  const all = await ctx.db.read(() => rows(listWorkQueuesOfPool(id)));
  const workQueues = queuesNamed(all, hello);
  const worker = await recordWorkerHeartbeat(ctx, {
    workPoolName: name,
    name: hello.workerName,
    heartbeatIntervalSeconds: hello.heartbeatIntervalSeconds,
    metadata: hello.metadata,
    type: hello.workerType,
  });
  const pool = await ctx.db.read(() => one(readWorkPoolRow(id)));
  if (pool === null) throw workPoolNotFound(name);
  return { worker, pool, workQueues };
};

/** What of a pool workers are told about as soon as it changes, in one text to be compared. */
export const snapshotFieldsOf = (pool: WorkPoolRow): string =>
  JSON.stringify([
    pool.baseJobTemplate,
    pool.concurrencyLimit,
    pool.isPaused,
    pool.storageConfiguration,
  ]);
