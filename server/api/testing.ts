import { z } from 'zod';

import { resetServer } from '#server/commands/testing/reset-server.ts';
import { waitUntilDrained } from '#server/commands/testing/wait-until-drained.ts';
import type { Context } from '#server/context.ts';
import type { RequestLog } from '#server/http/request-log.ts';

import { answer, noContent } from './reply.ts';
import { type Route, route } from './route.ts';
import { integer } from './wire/pydantic/number.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i;

/** What test suites need of a server of their own; nothing unless it was asked for on a loopback address. */
export const testingRoutes = (ctx: Context, requestLog: RequestLog): readonly Route[] => {
  const { testingEndpoints, api } = ctx.settings;
  if (!testingEndpoints) return [];
  if (!LOOPBACK.test(api.host)) {
    ctx.log.warn(
      `PREFECT_TESTING_ENDPOINTS has no effect on ${api.host}: it takes a loopback address.`,
    );
    return [];
  }
  return [
    route({
      method: 'POST',
      path: '/_testing/reset',
      allowsAnyVersion: true,
      handle: async () => {
        await resetServer(ctx);
        return noContent;
      },
    }),
    route({
      method: 'POST',
      path: '/_testing/barrier',
      allowsAnyVersion: true,
      handle: async () => {
        await waitUntilDrained(ctx);
        return noContent;
      },
    }),
    route({
      method: 'GET',
      path: '/_testing/requests',
      allowsAnyVersion: true,
      query: z.object({ since: integer({ atLeast: 0 }).default(0) }),
      handle: ({ query }) => answer(requestLog.since(query.since)),
    }),
  ];
};
