import type { Context } from '#server/context.ts';
import { EventFeed } from '#server/events/event-feed.ts';
import { RESOURCE_ID } from '#server/events/event.ts';
import { formatInstant } from '#server/time.ts';

import type { Service, ServiceReport } from './service.ts';

const PERIOD_SECONDS = 0.5;

/** Writes a line of every new event to the log, whatever severity the log is for: who turns it on wants to see them. */
export const createEventLogger = (): Service => {
  let feed: EventFeed | null = null;
  let seen = 0;

  const write = async (ctx: Context): Promise<ServiceReport> => {
    if (feed === null) {
      feed = new EventFeed(ctx);
      seen = await feed.latest();
    }
    const log = ctx.log.child({}, { level: 'info' });
    let events = 0;
    // oxlint-disable no-await-in-loop -- page after page
    for (let page = await feed.after(seen); page.length > 0; page = await feed.after(seen)) {
      for (const { seq, id, occurred, event, resource } of page) {
        log.info({ id, occurred: formatInstant(occurred), resource: resource[RESOURCE_ID] }, event);
        seen = seq;
      }
      events += page.length;
    }
    // oxlint-enable no-await-in-loop
    return { events };
  };

  return {
    name: 'event-logger',
    scope: 'process',
    everySeconds: () => PERIOD_SECONDS,
    isEnabled: ({ services }) => services.eventLogger.enabled,
    runOnce: write,
  };
};
