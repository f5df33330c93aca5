import type { WorkPoolRow } from '#prisma/tables.ts';
import { insertWorkQueue } from '#server/commands/work-queue/create-work-queue.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, run } from '#server/db/script.ts';
import { readWorkPoolRowByName } from '#server/db/sql/read-entity.ts';
import { ServerError } from '#server/errors.ts';
import { newId } from '#server/ids.ts';
import { type JsonObject, json } from '#server/json.ts';
import { requireBaseJobTemplate } from '#server/parameters/base-job-template.ts';
import { checkJobVariableDefaults } from '#server/parameters/job-variables.ts';
import { nowMicros } from '#server/time.ts';

import { recordWorkPoolCreated, recordWorkPoolStatus } from './work-pool-events.ts';

/** The name of the queue that every pool has from the start. */
const DEFAULT_QUEUE_NAME = 'default';

export const AGENT_POOL_TYPE = 'prefect-agent';

export interface NewWorkPool {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly type?: string | undefined;
  readonly baseJobTemplate?: JsonObject | undefined;
  readonly isPaused?: boolean | undefined;
  readonly concurrencyLimit?: number | null | undefined;
  readonly storageConfiguration?: JsonObject | undefined;
}

const EMPTY_STORAGE: JsonObject = {
  bundle_upload_step: null,
  bundle_execution_step: null,
  default_result_storage_block_id: null,
};

/** Whether only the server's own kind may make or remove the pool. */
export const isReservedPoolName = (name: string): boolean =>
  name.toLowerCase().startsWith('prefect');

function* insertPoolRow(ctx: Context, input: NewWorkPool): Script<WorkPoolRow | null> {
  const now = nowMicros();
  const { type = AGENT_POOL_TYPE, isPaused = false } = input;
  return yield* one(
    ctx.db.builder
      .insertInto('workPool')
      .values({
        id: newId(),
        created: now,
        updated: now,
        name: input.name,
        description: input.description ?? null,
        type,
        baseJobTemplate: json(input.baseJobTemplate ?? {}),
        isPaused,
        concurrencyLimit: input.concurrencyLimit ?? null,
        // What agents work for is paused without a word.
        status: isPaused && type !== AGENT_POOL_TYPE ? 'PAUSED' : 'NOT_READY',
        storageConfiguration: json({ ...EMPTY_STORAGE, ...input.storageConfiguration }),
      })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .returningAll(),
  );
}

/** Inserts a pool with its queue `default`, in the running transaction; null when the name is taken. */
export function* insertWorkPoolOnce(ctx: Context, input: NewWorkPool): Script<WorkPoolRow | null> {
  const inserted = yield* insertPoolRow(ctx, input);
  if (inserted === null) return null;
  const queue = yield* insertWorkQueue(ctx, {
    pool: inserted,
    input: { name: DEFAULT_QUEUE_NAME, description: "The work pool's default queue." },
  });
  const pool = { ...inserted, defaultQueueId: queue.id, updated: nowMicros() };
  yield* run(
    ctx.db.builder
      .updateTable('workPool')
      .set({ defaultQueueId: queue.id, updated: pool.updated })
      .where('id', '=', pool.id),
  );
  yield* recordWorkPoolCreated(pool);
  return pool;
}

function* insertWorkPool(ctx: Context, input: NewWorkPool): Script<WorkPoolRow> {
  const pool = yield* insertWorkPoolOnce(ctx, input);
  if (pool !== null) return pool;
  const namesake = yield* one(readWorkPoolRowByName(input.name));
  throw new ServerError('CONFLICT', 'A work pool with this name already exists.', {
    details: { kind: 'WorkPool', name: input.name, existingId: namesake?.id },
  });
}

/**
 * Makes a work pool and its queue `default`. CONFLICT when the name is taken, PROTECTED for reserved names,
 * INVALID for a template whose variables or defaults do not fit.
 */
export const createWorkPool = async (ctx: Context, input: NewWorkPool): Promise<WorkPoolRow> => {
  if (isReservedPoolName(input.name)) {
    throw new ServerError(
      'PROTECTED',
      "Work pools starting with 'Prefect' are reserved for internal use.",
    );
  }
  const template = input.baseJobTemplate ?? {};
  requireBaseJobTemplate(template);
  return ctx.db.write(function* () {
    yield* checkJobVariableDefaults(ctx, template);
    const pool = yield* insertWorkPool(ctx, input);
    yield* recordWorkPoolStatus(pool, { eventId: newId(), occurred: nowMicros(), before: null });
    return pool;
  });
};
