import type { Context } from '#server/context.ts';
import { type Script, rows, run } from '#server/db/script.ts';
import {
  deleteEventResources,
  deleteOldEvents,
  deleteOldEventsOfName,
} from '#server/db/sql/delete-old-rows.ts';
import type { Query } from '#server/db/statement.ts';
import { json } from '#server/json.ts';
import { addSeconds, nowMicros } from '#server/time.ts';

import { BATCH, untilDone } from './until-done.ts';

const removing = (events: Query<{ readonly seq: number }>) =>
  function* (): Script<number> {
    const removed = yield* rows(events);
    if (removed.length > 0) yield* run(deleteEventResources(json(removed.map(({ seq }) => seq))));
    return removed.length;
  };

/** Removes events past the time for which all are kept, or those of their name; gives how many. */
export const removeOldEvents = async (ctx: Context): Promise<number> => {
  const { settings } = ctx;
  const general = settings.events.retentionPeriodSeconds;
  const now = nowMicros();
  let removed = await untilDone(ctx, removing(deleteOldEvents(addSeconds(now, -general), BATCH)));
  const shorter = Object.entries(settings.services.vacuum.eventRetentionOverridesSeconds).filter(
    ([, seconds]) => seconds < general,
  );
  for (const [name, seconds] of shorter) {
    const events = deleteOldEventsOfName(name, addSeconds(now, -seconds), BATCH);
    // oxlint-disable-next-line no-await-in-loop -- one name after the other, so that others get their turn
    removed += await untilDone(ctx, removing(events));
  }
  return removed;
};
