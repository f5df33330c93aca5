import type { ConcurrencyLimitRow, TaskRunRow } from '#prisma/tables.ts';
import { type Script, rows, run as runStatement } from '#server/db/script.ts';
import {
  type HeldLimitRow,
  lockTagLimits,
  setTagLimitSlots,
} from '#server/db/sql/concurrency-slots.ts';
import { json, stringList } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

import { activeSlotsAt, keepLimitsByName, tagLimitName, tagOfLimit } from '../concurrency.ts';
import { UNENDING_SECONDS, findFullLimits, grantLease } from '../leases.ts';
import { clampedPoissonSeconds } from '../poisson.ts';
import {
  ACCEPT,
  ANY_STATE,
  type Rule,
  type TaskRunMoment,
  type Verdict,
  abort,
  accept,
  states,
  wait,
} from '../rule.ts';
import { freeTaskSlots } from './release-task-concurrency-slots.ts';

const deadlock = (tag: string): Verdict<never> =>
  abort(
    `The concurrency limit on tag "${tag}" is 0 and will deadlock if the task tries to run again.`,
  );

const waitForSlot = (limits: readonly HeldLimitRow[], longestWait: number): Verdict<never> => {
  const now = nowMicros();
  const share = (limit: HeldLimitRow): number => activeSlotsAt(limit, now) / limit.limit;
  const occupied = limits.toSorted((one, other) => share(other) - share(one));
  const occupancy = occupied[0]?.avgSlotOccupancySeconds ?? 0;
  const average = Math.min(occupancy === 0 ? longestWait : occupancy, longestWait);
  const tags = limits.map(({ name }) => tagOfLimit(name)).join(', ');
  return wait(
    Math.round(clampedPoissonSeconds(average)),
    `Concurrency limit reached for tags: ${tags}`,
  );
};

function* takeTagSlots(
  { run, ctx }: TaskRunMoment,
  limits: readonly HeldLimitRow[],
): Script<Verdict<never>> {
  const closed = limits.find(({ limit }) => limit === 0);
  if (closed !== undefined) return deadlock(tagOfLimit(closed.name));
  if (limits.length === 0) return ACCEPT;
  if ((yield* findFullLimits(ctx, limits, 1)).length > 0) {
    return waitForSlot(limits, ctx.settings.tasks.tagConcurrencySlotWaitSeconds);
  }
  // Nobody renews it: its slots are given back when the task run leaves RUNNING.
  yield* grantLease(ctx, limits, {
    slots: 1,
    seconds: UNENDING_SECONDS,
    holder: { type: 'task_run', id: run.id },
  });
  return ACCEPT;
}

function* takeListedSlots(
  { run, ctx }: TaskRunMoment,
  limits: readonly ConcurrencyLimitRow[],
): Script<Verdict<never>> {
  for (const { tag, concurrencyLimit, activeSlots } of limits) {
    if (concurrencyLimit === 0) return deadlock(tag);
    if (stringList(activeSlots).length >= concurrencyLimit) {
      return wait(
        Math.trunc(ctx.settings.tasks.tagConcurrencySlotWaitSeconds),
        `Concurrency limit for the ${tag} tag has been reached`,
      );
    }
  }
  for (const { id, activeSlots } of limits) {
    const holders = [...new Set([...stringList(activeSlots), run.id])];
    yield* runStatement(setTagLimitSlots(json(holders), nowMicros(), id));
  }
  return ACCEPT;
}

/** A task run takes a slot of each limit on its tags before it runs, or waits until there is one of all of them. */
export const secureTaskConcurrencySlots: Rule<TaskRunMoment> = {
  name: 'SecureTaskConcurrencySlots',
  from: ANY_STATE,
  to: states('RUNNING'),
  before: function* (moment) {
    const { run } = moment;
    if (run.tags.length === 0) return ACCEPT;
    const all = yield* keepLimitsByName(run.tags.map(tagLimitName));
    const limits = all.filter(({ active }) => active);
    const covered = new Set(limits.map(({ name }) => tagOfLimit(name)));
    const listed = (yield* rows(lockTagLimits(json(run.tags)))).filter(
      ({ tag }) => !covered.has(tag),
    );
    const first = yield* takeTagSlots(moment, limits);
    if (first.kind !== 'accept') return first;
    const undo = function* () {
      yield* freeTaskSlots(moment);
      return {};
    };
    const second = yield* takeListedSlots(moment, listed);
    if (second.kind === 'accept') return accept<TaskRunRow>({ undo });
    yield* undo();
    return second;
  },
};
