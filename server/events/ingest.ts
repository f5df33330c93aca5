import type { Context } from '#server/context.ts';

import { parseEvent } from './parse-event.ts';

/** Stores a list of events as clients send them: all are checked before the first is taken. */
export const ingestEvents = async (ctx: Context, values: readonly unknown[]): Promise<void> => {
  const events = values.map((value) => parseEvent(value, ctx.settings.events));
  await Promise.all(events.map((event) => ctx.intake.add(event, JSON.stringify(event).length)));
};
