import type { ConcurrencyLeaseRow, ConcurrencyLimitV2Row } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { type Script, rows } from '#server/db/script.ts';
import { readLeasesOfLimit } from '#server/db/sql/concurrency-lease.ts';
import { type HeldLimitRow, readLimitsByName } from '#server/db/sql/concurrency-slots.ts';
import { notFound } from '#server/errors.ts';
import { json } from '#server/json.ts';
import {
  keepLimitsByName,
  noteUnleased,
  tagLimitName,
  tagOfLimit,
} from '#server/orchestration/concurrency.ts';
import {
  UNENDING_SECONDS,
  findFullLimits,
  freeLease,
  grantLease,
} from '#server/orchestration/leases.ts';
import { nowMicros } from '#server/time.ts';

import { type Standing, isToQueue } from './slots.ts';
import { leaveLine } from './waiters.ts';

const TASK_RUN = 'task_run';

export interface TagLimit {
  readonly limit: ConcurrencyLimitV2Row;
  /** The task runs that hold its slots. */
  readonly holders: readonly string[];
}

export type TagSlotsOutcome = {
  /** Those of which a slot was taken, or those that stand against it. */
  readonly limits: readonly HeldLimitRow[];
} & (
  | { readonly kind: 'taken' }
  | { readonly kind: 'full'; readonly tag: string }
  /** A limit of zero never gives a slot. */
  | { readonly kind: 'closed'; readonly tag: string }
);

/** A task run that asks for a slot of the limit of each of some tags. */
export interface AskedTagSlots {
  readonly tags: readonly string[];
  readonly taskRunId: string;
  /** Where its caller is kept waiting if there are too few; without it a refusal is final. */
  readonly standing?: Standing;
}

const leasesOf = (limit: ConcurrencyLimitV2Row): Script<readonly ConcurrencyLeaseRow[]> =>
  rows(readLeasesOfLimit(limit.id));

const taskRunsOf = (leases: readonly ConcurrencyLeaseRow[]): readonly string[] =>
  leases.flatMap(({ holderType, holderId }) =>
    holderType === TASK_RUN && holderId !== null ? [holderId] : [],
  );

/** The script that finds out who holds the slots of a limit. */
export function* withHolders(limit: ConcurrencyLimitV2Row): Script<TagLimit> {
  return { limit, holders: taskRunsOf(yield* leasesOf(limit)) };
}

/** The tag named first of those that have one of the limits; whichever is full, it is told of this one. */
const firstOf = (tags: readonly string[], limits: readonly HeldLimitRow[]): string => {
  const limited = new Set(limits.map(({ name }) => tagOfLimit(name)));
  return tags.find((tag) => limited.has(tag)) ?? '';
};

/**
 * What somebody is told who is behind others that wait for slots of the tags, without a write: null when that is no
 * matter of waiting.
 */
export const lookBehindOthersOfTags = (
  ctx: Context,
  tags: readonly string[],
): Promise<TagSlotsOutcome | null> =>
  ctx.db.read(function* (): Script<TagSlotsOutcome | null> {
    const names = json(tags.map(tagLimitName));
    const limits = yield* rows(readLimitsByName(nowMicros(), names));
    const active = limits.filter((limit) => limit.active);
    if (active.length === 0 || limits.some(({ limit }) => limit === 0)) return null;
    return { kind: 'full', tag: firstOf(tags, active), limits: active };
  });

/** Takes a slot of the limit of each tag for a task run, or none at all; tags without a limit are no hindrance. */
export const takeTagSlots = (
  ctx: Context,
  { tags, taskRunId, standing }: AskedTagSlots,
): Promise<TagSlotsOutcome> =>
  ctx.db.write(function* (): Script<TagSlotsOutcome> {
    const limits = yield* keepLimitsByName(tags.map(tagLimitName));
    const closed = limits.find(({ limit }) => limit === 0);
    if (closed !== undefined)
      return { kind: 'closed', tag: tagOfLimit(closed.name), limits: [closed] };
    const active = limits.filter((limit) => limit.active);
    if (active.length === 0) return { kind: 'taken', limits: [] };
    const full = yield* findFullLimits(ctx, active, 1);
    const tag = firstOf(tags, active);
    if (full.length > 0) return { kind: 'full', tag, limits: full };
    if (yield* isToQueue(ctx, active, standing)) return { kind: 'full', tag, limits: active };
    if (standing?.waiterId != null) yield* leaveLine(standing.waiterId);
    // Callers of this old way do not renew what they hold, so it is theirs until they give it back.
    yield* grantLease(ctx, active, {
      slots: 1,
      seconds: UNENDING_SECONDS,
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
    const limits = yield* keepLimitsByName(tags.map(tagLimitName));
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

/** Empties the limit of a tag, gives its slots to the named task runs and gives it. NOT_FOUND when there is none. */
export const resetTagLimit = (
  ctx: Context,
  { tag, taskRunIds }: { readonly tag: string; readonly taskRunIds: readonly string[] },
): Promise<ConcurrencyLimitV2Row> =>
  ctx.db.write(function* () {
    const [limit] = yield* keepLimitsByName([tagLimitName(tag)]);
    if (limit === undefined) throw notFound('Concurrency limit', tag);
    // A lease may hold slots of other tags too, which go back with it.
    for (const { id } of yield* leasesOf(limit)) yield* freeLease(ctx, id);
    yield* noteUnleased(ctx, limit, { slots: 0, now: nowMicros() });
    for (const id of taskRunIds) {
      const holder = { type: TASK_RUN, id };
      yield* grantLease(ctx, [limit], { slots: 1, seconds: UNENDING_SECONDS, holder });
    }
    return limit;
  });
