import type { Context } from '#server/context.ts';
import { type Script, rows, run } from '#server/db/script.ts';
import {
  deleteEventResources,
  deleteOldChanges,
  deleteOldEvents,
} from '#server/db/sql/delete-old-rows.ts';
import { json } from '#server/json.ts';
import { type Micros, addSeconds, nowMicros } from '#server/time.ts';

import type { Service } from './service.ts';

/** Rows of one transaction: small enough that nobody waits for it. */
const BATCH = 1000;
/** A subscriber may be away for this long and still go on from its cursor. */
const JOURNAL_SECONDS = 24 * 3600;

/** Repeats a batch until one finds less than a batch to remove; gives how many rows went. */
const untilDone = async (ctx: Context, batch: () => Script<number>): Promise<number> => {
  let total = 0;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- one transaction after the other, so that others get their turn
    const removed = await ctx.db.write(batch);
    total += removed;
    if (removed < BATCH) return total;
  }
};

const removeChanges = (before: Micros) =>
  function* (): Script<number> {
    return (yield* rows(deleteOldChanges(before, BATCH))).length;
  };

const removeEvents = (before: Micros) =>
  function* (): Script<number> {
    const removed = yield* rows(deleteOldEvents(before, BATCH));
    if (removed.length > 0) yield* run(deleteEventResources(json(removed.map(({ seq }) => seq))));
    return removed.length;
  };

/** Cuts the journal of changes at the time after which no cursor into it is honoured. */
export const journalVacuum: Service = {
  name: 'journal-vacuum',
  scope: 'leader',
  everySeconds: () => 600,
  isEnabled: () => true,
  runOnce: async (ctx) => ({
    changes: await untilDone(ctx, removeChanges(addSeconds(nowMicros(), -JOURNAL_SECONDS))),
  }),
};

/** Removes events that are older than the settings keep them. */
export const eventVacuum: Service = {
  name: 'event-vacuum',
  scope: 'leader',
  everySeconds: ({ services }) => services.vacuum.loopSeconds,
  isEnabled: ({ services }) => services.vacuum.parts.includes('events'),
  runOnce: async (ctx) => {
    const { retentionPeriodSeconds } = ctx.settings.events;
    return {
      events: await untilDone(ctx, removeEvents(addSeconds(nowMicros(), -retentionPeriodSeconds))),
    };
  },
};
