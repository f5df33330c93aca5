import type { Context } from '#server/context.ts';

import { wholeBody } from './body.ts';
import { noContent } from './reply.ts';
import { type Route, route } from './route.ts';
import { newEvents } from './wire/event.ts';

/** What clients without a socket do with events. */
export const eventRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/events',
    status: 204,
    body: wholeBody(newEvents(ctx.settings.events)),
    handle: async ({ body, headers }) => {
      const total = Number(headers['content-length'] ?? Infinity);
      // They are weighed one by one only where one of them might be too large.
      const isLarge = total > ctx.settings.events.maximumSizeBytes;
      const share = total / Math.max(1, body.length);
      await Promise.all(
        body.map((event) => ctx.intake.add(event, isLarge ? JSON.stringify(event).length : share)),
      );
      return noContent;
    },
  }),
];
