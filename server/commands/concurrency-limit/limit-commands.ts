import type { ConcurrencyLimitV2Row } from '#prisma/tables.ts';
import { againWhenTaken } from '#server/commands/again-when-taken.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, rows, run } from '#server/db/script.ts';
import { readLeasesOfLimit } from '#server/db/sql/concurrency-lease.ts';
import {
  deleteLimitRow,
  insertLimit,
  updateLimitRow,
} from '#server/db/sql/concurrency-limit-rows.ts';
import type { HeldLimitRow } from '#server/db/sql/concurrency-slots.ts';
import { lockDeploymentsOfLimit } from '#server/db/sql/deployment-rows.ts';
import { notFound } from '#server/errors.ts';
import { lifecycleEvent } from '#server/events/lifecycle-event.ts';
import { recordChange, recordEvent } from '#server/events/record.ts';
import { newId } from '#server/ids.ts';
import {
  keepLimits,
  keepLimitsByName,
  tagLimitName,
  unleasedSlotsAt,
} from '#server/orchestration/concurrency.ts';
import { freeLease } from '#server/orchestration/leases.ts';
import { rouseWaitingRuns } from '#server/orchestration/rouse-waiting-runs.ts';
import { nowMicros } from '#server/time.ts';

/** How a new limit believes slots to be held until it has seen some. */
const FIRST_OCCUPANCY_SECONDS = 2;

/** A limit as its caller knows it. */
export type LimitKey = { readonly id: string } | { readonly name: string };

export interface NewLimit {
  readonly name: string;
  readonly limit: number;
  readonly active?: boolean;
  readonly activeSlots?: number;
  readonly deniedSlots?: number;
  /** Above zero the limit is one of rate: its slots free themselves. */
  readonly slotDecayPerSecond?: number;
}

/** What is absent stays as it is. */
export type LimitChanges = Partial<NewLimit>;

function* record(
  action: 'created' | 'updated' | 'deleted',
  { id, name, limit, active, slotDecayPerSecond }: ConcurrencyLimitV2Row,
): Script<void> {
  const payload = { name, limit, active, slot_decay_per_second: slotDecayPerSecond };
  yield* recordEvent(lifecycleEvent({ kind: 'concurrency-limit', action, id, name, payload }));
  yield* recordChange({ topic: 'concurrency-limit', kind: action, entityId: id });
}

function* requireLimit(key: LimitKey): Script<HeldLimitRow> {
  const [found] = yield* 'id' in key ? keepLimits([key.id]) : keepLimitsByName([key.name]);
  if (found === undefined) throw notFound('Concurrency Limit', 'id' in key ? key.id : key.name);
  return found;
}

function* insert(input: NewLimit): Script<ConcurrencyLimitV2Row> {
  const now = nowMicros();
  const row = yield* one(
    insertLimit(
      newId(),
      now,
      now,
      input.active ?? true,
      input.name,
      input.limit,
      input.activeSlots ?? 0,
      input.deniedSlots ?? 0,
      input.slotDecayPerSecond ?? 0,
      FIRST_OCCUPANCY_SECONDS,
    ),
  );
  if (row === null) throw new Error('An insert gave no row.');
  yield* record('created', row);
  return row;
}

/**
 * The slots without a lease that make up the number that a caller has set, above what leases hold. Zero empties the
 * limit, with its leases.
 */
function* unleasedOf(ctx: Context, stored: HeldLimitRow, wanted: number): Script<number> {
  if (wanted > 0) return Math.max(0, wanted - stored.leasedSlots);
  for (const { id } of yield* rows(readLeasesOfLimit(stored.id))) yield* freeLease(ctx, id);
  return 0;
}

function* update(
  ctx: Context,
  stored: HeldLimitRow,
  { activeSlots: wanted, ...changes }: LimitChanges,
): Script<ConcurrencyLimitV2Row> {
  const now = nowMicros();
  const activeSlots =
    wanted === undefined ? unleasedSlotsAt(stored, now) : yield* unleasedOf(ctx, stored, wanted);
  const row = { ...stored, ...changes, activeSlots, updated: now };
  yield* run(
    updateLimitRow(
      row.updated,
      row.active,
      row.name,
      row.limit,
      row.activeSlots,
      row.deniedSlots,
      row.slotDecayPerSecond,
      row.id,
    ),
  );
  yield* record('updated', row);
  yield* rouseWaitingRuns(row.id, Math.max(0, row.limit - row.activeSlots - row.leasedSlots));
  return row;
}

/** Makes a limit. CONFLICT when the name is taken. */
export const createConcurrencyLimit = (
  ctx: Context,
  input: NewLimit,
): Promise<ConcurrencyLimitV2Row> => ctx.db.write(() => insert(input));

export interface PutTagLimit {
  readonly limit: ConcurrencyLimitV2Row;
  /** Whether this call made it. */
  readonly isCreated: boolean;
}

/** Sets how many task runs with a tag may run at once. */
export const putTagLimit = (
  ctx: Context,
  { tag, limit }: { readonly tag: string; readonly limit: number },
): Promise<PutTagLimit> =>
  againWhenTaken(() =>
    ctx.db.write(function* () {
      const name = tagLimitName(tag);
      const [stored] = yield* keepLimitsByName([name]);
      return stored === undefined
        ? { limit: yield* insert({ name, limit }), isCreated: true }
        : { limit: yield* update(ctx, stored, { limit }), isCreated: false };
    }),
  );

/** Changes a limit. NOT_FOUND when there is none, CONFLICT when the new name is taken. */
export const updateConcurrencyLimit = (
  ctx: Context,
  { key, changes }: { readonly key: LimitKey; readonly changes: LimitChanges },
): Promise<ConcurrencyLimitV2Row> =>
  ctx.db.write(function* () {
    return yield* update(ctx, yield* requireLimit(key), changes);
  });

/** Removes a limit. NOT_FOUND when there is none. */
export const deleteConcurrencyLimit = (
  ctx: Context,
  key: LimitKey,
): Promise<ConcurrencyLimitV2Row> =>
  ctx.db.write(function* () {
    const named = 'id' in key ? key.id : key.name;
    // Whoever changes a deployment keeps it before its limit.
    yield* run(lockDeploymentsOfLimit(named, named));
    const stored = yield* requireLimit(key);
    yield* run(deleteLimitRow(stored.id));
    yield* record('deleted', stored);
    return stored;
  });
