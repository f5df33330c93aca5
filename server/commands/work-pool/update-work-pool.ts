import type { WorkPoolRow } from '#prisma/tables.ts';
import { type EventFields, changedFields } from '#server/commands/changed-fields.ts';
import { workPoolNotFound } from '#server/commands/work-queue/not-found.ts';
import { onlineSince } from '#server/commands/worker/worker-status.ts';
import type { Context } from '#server/context.ts';
import { type Script, one } from '#server/db/script.ts';
import { lockWorkPoolByName } from '#server/db/sql/work-pool-rows.ts';
import { countOnlineWorkers } from '#server/db/sql/worker-heartbeat.ts';
import { ServerError } from '#server/errors.ts';
import { recordChange } from '#server/events/record.ts';
import { newId } from '#server/ids.ts';
import { type JsonObject, json } from '#server/json.ts';
import { requireBaseJobTemplate } from '#server/parameters/base-job-template.ts';
import { nowMicros } from '#server/time.ts';

import { AGENT_POOL_TYPE, isReservedPoolName } from './create-work-pool.ts';
import { recordWorkPoolStatus, recordWorkPoolUpdated } from './work-pool-events.ts';

/** What is absent stays as it is. */
export interface WorkPoolChanges {
  readonly description?: string | null | undefined;
  readonly isPaused?: boolean | undefined;
  readonly baseJobTemplate?: JsonObject | undefined;
  readonly concurrencyLimit?: number | null | undefined;
  readonly storageConfiguration?: JsonObject | undefined;
}

const EVENT_FIELDS: EventFields<WorkPoolRow> = {
  description: 'description',
  baseJobTemplate: 'base_job_template',
  concurrencyLimit: 'concurrency_limit',
  storageConfiguration: 'storage_configuration',
};

function* statusAfter(
  ctx: Context,
  { pool, isPaused }: { readonly pool: WorkPoolRow; readonly isPaused: boolean | undefined },
): Script<string | null> {
  if (isPaused === undefined || pool.type === AGENT_POOL_TYPE) return null;
  if (isPaused) return 'PAUSED';
  const { multiple, fallbackSeconds } = onlineSince(ctx.settings);
  const online = yield* one(countOnlineWorkers(pool.id, multiple, fallbackSeconds, nowMicros()));
  return (online?.total ?? 0) > 0 ? 'READY' : 'NOT_READY';
}

/** Gives a pool another status, with the event that tells of it. */
export function* setWorkPoolStatus(
  ctx: Context,
  { before, status }: { readonly before: WorkPoolRow; readonly status: string },
): Script<WorkPoolRow> {
  const now = nowMicros();
  const eventId = newId();
  const pool: WorkPoolRow = {
    ...before,
    status,
    lastStatusEventId: eventId,
    lastTransitionedStatusAt: now,
    updated: now,
  };
  yield* one(
    ctx.db.builder
      .updateTable('workPool')
      .set({ status, lastStatusEventId: eventId, lastTransitionedStatusAt: now, updated: now })
      .where('id', '=', pool.id),
  );
  yield* recordWorkPoolStatus(pool, { eventId, occurred: now, before });
  yield* recordChange({ topic: 'work-pool', kind: 'updated', entityId: pool.id });
  return pool;
}

function* applyChanges(
  ctx: Context,
  { before, changes }: { readonly before: WorkPoolRow; readonly changes: WorkPoolChanges },
): Script<WorkPoolRow> {
  const { description, isPaused, baseJobTemplate, concurrencyLimit, storageConfiguration } =
    changes;
  const pool = yield* one(
    ctx.db.builder
      .updateTable('workPool')
      .set({
        updated: nowMicros(),
        ...(description === undefined ? {} : { description }),
        ...(isPaused === undefined ? {} : { isPaused }),
        ...(baseJobTemplate === undefined ? {} : { baseJobTemplate: json(baseJobTemplate) }),
        ...(concurrencyLimit === undefined ? {} : { concurrencyLimit }),
        ...(storageConfiguration === undefined
          ? {}
          : {
              storageConfiguration: json({
                ...before.storageConfiguration,
                ...storageConfiguration,
              }),
            }),
      })
      .where('id', '=', before.id)
      .returningAll(),
  );
  return pool ?? before;
}

const refuseReserved = (name: string, changes: WorkPoolChanges): void => {
  const { isPaused: _, concurrencyLimit: __, ...others } = changes;
  if (!isReservedPoolName(name)) return;
  if (Object.values(others).every((value) => value === undefined)) return;
  throw new ServerError(
    'PROTECTED',
    "Work pools starting with 'Prefect' are reserved for internal use and can only be updated to set concurrency limits or pause.",
  );
};

/** Changes a work pool. NOT_FOUND for an unknown one, PROTECTED for reserved ones, INVALID for a template that does not fit. */
export const updateWorkPool = async (
  ctx: Context,
  { name, changes }: { readonly name: string; readonly changes: WorkPoolChanges },
): Promise<WorkPoolRow> => {
  refuseReserved(name, changes);
  if (changes.baseJobTemplate !== undefined) requireBaseJobTemplate(changes.baseJobTemplate);
  return ctx.db.write(function* () {
    const before = yield* one(lockWorkPoolByName(name));
    if (before === null) throw workPoolNotFound(name);
    const pool = yield* applyChanges(ctx, { before, changes });
    const payload = changedFields(before, pool, EVENT_FIELDS);
    if (payload !== null) yield* recordWorkPoolUpdated(pool, payload);
    const status = yield* statusAfter(ctx, { pool, isPaused: changes.isPaused });
    if (status !== null) return yield* setWorkPoolStatus(ctx, { before: pool, status });
    yield* recordChange({ topic: 'work-pool', kind: 'updated', entityId: pool.id });
    return pool;
  });
};
