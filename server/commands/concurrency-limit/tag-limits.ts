import type { ConcurrencyLeaseRow, ConcurrencyLimitV2Row } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, rows, run } from '#server/db/script.ts';
import { deleteLease } from '#server/db/sql/concurrency-lease.ts';
import { lockLimitByName, readLeasesOfLimit } from '#server/db/sql/concurrency-limit-rows.ts';
import { lockLimitsByName, setLimitSlots } from '#server/db/sql/concurrency-slots.ts';
import { notFound } from '#server/errors.ts';
import { json } from '#server/json.ts';
import {
  deniedSlotsAt,
  freeLease,
  grantLease,
  tagLimitName,
  tagOfLimit,
  takeSlots,
} from '#server/orchestration/concurrency.ts';
import { nowMicros } from '#server/time.ts';

/** Callers of this old way do not renew what they hold, so it is theirs until they give it back. */
const LEASE_SECONDS = 100 * 365 * 86_400;
const TASK_RUN = 'task_run';

export interface TagLimit {
  readonly limit: ConcurrencyLimitV2Row;
  /** The task runs that hold its slots. */
  readonly holders: readonly string[];
}

export type TagSlotsOutcome =
  | { readonly kind: 'taken'; readonly limits: readonly ConcurrencyLimitV2Row[] }
  | { readonly kind: 'full'; readonly tag: string }
  /** A limit of zero never gives a slot. */
  | { readonly kind: 'closed'; readonly tag: string };

const leasesOf = (limit: ConcurrencyLimitV2Row): Script<readonly ConcurrencyLeaseRow[]> =>
  rows(readLeasesOfLimit(json([limit.id])));

const taskRunsOf = (leases: readonly ConcurrencyLeaseRow[]): readonly string[] =>
  leases.flatMap(({ holderType, holderId }) =>
    holderType === TASK_RUN && holderId !== null ? [holderId] : [],
  );

/** The script that finds out who holds the slots of a limit. */
export function* withHolders(limit: ConcurrencyLimitV2Row): Script<TagLimit> {
  return { limit, holders: taskRunsOf(yield* leasesOf(limit)) };
}

/** Takes a slot of the limit of each tag for a task run, or none at all; tags without a limit are no hindrance. */
export const takeTagSlots = (
  ctx: Context,
  { tags, taskRunId }: { readonly tags: readonly string[]; readonly taskRunId: string },
): Promise<TagSlotsOutcome> =>
  ctx.db.write(function* (): Script<TagSlotsOutcome> {
    const limits = yield* rows(lockLimitsByName(json(tags.map(tagLimitName))));
    const closed = limits.find(({ limit }) => limit === 0);
    if (closed !== undefined) return { kind: 'closed', tag: tagOfLimit(closed.name) };
    const active = limits.filter((limit) => limit.active);
    const [first] = active;
    if (first === undefined) return { kind: 'taken', limits: [] };
    if (!(yield* takeSlots(ctx, active, 1))) return { kind: 'full', tag: tagOfLimit(first.name) };
    yield* grantLease({
      limitIds: active.map(({ id }) => id),
      slots: 1,
      seconds: LEASE_SECONDS,
      holder: { type: TASK_RUN, id: taskRunId },
    });
    return { kind: 'taken', limits: active };
  });

/** Gives back what a task run holds of the limits of the tags, and gives these limits. */
export const freeTagSlots = (
  ctx: Context,
  { tags, taskRunId }: { readonly tags: readonly string[]; readonly taskRunId: string },
): Promise<readonly ConcurrencyLimitV2Row[]> =>
  ctx.db.write(function* () {
    const limits = yield* rows(lockLimitsByName(json(tags.map(tagLimitName))));
    const freed = new Set<string>();
    for (const limit of limits) {
      for (const { id, holderId } of yield* leasesOf(limit)) {
        if (holderId !== taskRunId || freed.has(id)) continue;
        yield* freeLease(ctx, id);
        freed.add(id);
      }
    }
    return limits;
  });

/** Empties the limit of a tag and gives its slots to the named task runs. NOT_FOUND when there is none. */
export const resetTagLimit = (
  ctx: Context,
  { tag, taskRunIds }: { readonly tag: string; readonly taskRunIds: readonly string[] },
): Promise<void> =>
  ctx.db.write(function* () {
    const limit = yield* one(lockLimitByName(tagLimitName(tag)));
    if (limit === null) throw notFound('Concurrency limit', tag);
    for (const { id } of yield* leasesOf(limit)) yield* run(deleteLease(id));
    const now = nowMicros();
    const denied = deniedSlotsAt(ctx, limit, now);
    yield* run(setLimitSlots(taskRunIds.length, denied, now, limit.id));
    for (const id of taskRunIds) {
      yield* grantLease({
        limitIds: [limit.id],
        slots: 1,
        seconds: LEASE_SECONDS,
        holder: { type: TASK_RUN, id },
      });
    }
  });
