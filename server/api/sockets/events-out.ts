import type { WebSocket } from 'ws';

import type { Context } from '#server/context.ts';
import { EventFeed, type StoredEvent } from '#server/events/event-feed.ts';
import { type EventFilter, matchesEvent } from '#server/events/event-filter.ts';
import { addSeconds, micros, nowMicros } from '#server/time.ts';

import { eventFilter } from '../wire/filters/event-filter.ts';
import { Broadcast, type Wanted } from './broadcast.ts';
import type { Endpoint } from './conversation.ts';
import { type FilterFrame, readFilterFrame } from './filter-frame.ts';
import { Follower } from './follower.ts';
import { createOutlet } from './outlet.ts';

const ANY_TIME = {
  since: micros(Number.MIN_SAFE_INTEGER),
  until: micros(Number.MAX_SAFE_INTEGER),
};

const clamped = (filter: EventFilter, seconds: number): EventFilter => {
  const earliest = addSeconds(nowMicros(), -seconds);
  return filter.since < earliest ? { ...filter, since: earliest } : filter;
};

// Each client has times of its own, mostly counted from when it came, and the rest in common with others.
const wantedBy = (filter: EventFilter): Wanted<StoredEvent> => {
  const timeless = { ...filter, ...ANY_TIME };
  return {
    key: JSON.stringify(timeless),
    matches: (event) => matchesEvent(timeless, event),
    isWithin: ({ occurred }) => occurred >= filter.since && occurred <= filter.until,
  };
};

interface Past {
  readonly feed: EventFeed;
  readonly filter: EventFilter;
}

/** Sends what occurred since the filter's begin and had been stored when the follower's part began. */
const sendPast = async (follower: Follower<StoredEvent>, { feed, filter }: Past): Promise<void> => {
  const upTo = follower.cursor;
  let after = await feed.startOf(filter.since, upTo);
  // oxlint-disable no-await-in-loop -- page after page, no faster than the client takes them
  while (after !== null && (await follower.whenReady())) {
    const page = await feed.since(filter.since, { after, upTo });
    follower.send(page);
    after = page.at(-1)?.seq ?? null;
  }
  // oxlint-enable no-await-in-loop
};

/** Sends the events that a client's filter wants: those of the last minutes first, then each as it is stored. */
export const eventsOut = (ctx: Context): Endpoint => {
  const feed = new EventFeed(ctx);
  const broadcast = new Broadcast(ctx, { feed, topic: 'event' });
  const { maximumWebsocketBackfillSeconds: seconds, streamOutEnabled: isLive } =
    ctx.settings.events;

  return (_ctx, socket: WebSocket, transport) => {
    let isAsked = false;
    const report = (error: unknown): void => {
      ctx.log.error({ err: error }, 'Events could not be sent.');
      socket.terminate();
    };
    const follow = async ({ filter, wantsBackfill }: FilterFrame<EventFilter>): Promise<void> => {
      const outlet = createOutlet(socket, transport);
      const follower = new Follower(broadcast, { outlet, wanted: wantedBy(filter) });
      socket.on('close', () => follower.end());
      follower.cursor = await feed.latest();
      if (wantsBackfill) await sendPast(follower, { feed, filter });
      // Without the stream a reader gets what was stored before it came, and nothing after.
      if (isLive) follower.begin(report);
    };
    return {
      receive: (text) => {
        // What comes after the filter is ignored, as the real server does.
        if (isAsked) return;
        isAsked = true;
        const request = readFilterFrame(socket, text, eventFilter);
        if (request === null) return;
        const filter = clamped(request.filter, seconds);
        follow({ ...request, filter }).catch(report);
      },
      settled: () => Promise.resolve(),
    };
  };
};
