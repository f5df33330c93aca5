import { type Script, rows, run as runStatement } from '#server/db/script.ts';
import { readLeasesOfHolder } from '#server/db/sql/concurrency-lease.ts';
import { lockTagLimits, setTagLimitSlots } from '#server/db/sql/concurrency-slots.ts';
import { json, stringList } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

import { freeLease } from '../leases.ts';
import { type TaskRunMoment, states, universal } from '../rule.ts';

const HOLDING = states('RUNNING', 'CANCELLING');

/** Gives back every slot that a task run holds for its tags. */
export function* freeTaskSlots({ run, ctx }: Pick<TaskRunMoment, 'run' | 'ctx'>): Script<void> {
  for (const lease of yield* rows(readLeasesOfHolder('task_run', run.id))) {
    yield* freeLease(ctx, lease.id);
  }
  for (const { id, activeSlots } of yield* rows(lockTagLimits(json(run.tags)))) {
    const holders = stringList(activeSlots);
    if (!holders.includes(run.id)) continue;
    const left = holders.filter((holder) => holder !== run.id);
    yield* runStatement(setTagLimitSlots(json(left), nowMicros(), id));
  }
}

/** Gives the slots of a task run's tags back once it is not running any more. */
export const releaseTaskConcurrencySlots = universal<TaskRunMoment>({
  name: 'ReleaseTaskConcurrencySlots',
  after: function* (moment, { validated }) {
    if (moment.run.tags.length > 0 && !HOLDING.has(validated?.type ?? null)) {
      yield* freeTaskSlots(moment);
    }
    return {};
  },
});
