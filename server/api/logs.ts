import { z } from 'zod';

import { createLogs } from '#server/commands/log/create-logs.ts';
import type { Context } from '#server/context.ts';
import { filterLogs } from '#server/queries/log/filter-logs.ts';

import { logAnswer } from './answers/log.ts';
import { parametersBody, wholeBody } from './body.ts';
import { limit, limitWithin, offset } from './page.ts';
import { answer, answerText } from './reply.ts';
import { type Route, route } from './route.ts';
import { logFilter } from './wire/filters/log-filter.ts';
import { logSort, logToWire, newLogs } from './wire/log.ts';

const CREATED = answerText('null', 201);

/** What clients send to the log and read from it. */
export const logRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/logs/',
    status: 201,
    body: wholeBody(newLogs),
    handle: async ({ body }) => {
      if (body.length > 0) await createLogs(ctx, body);
      return CREATED;
    },
  }),
  route({
    method: 'POST',
    path: '/logs/filter',
    answers: z.array(logAnswer),
    body: parametersBody({ limit, offset, logs: logFilter.optional(), sort: logSort }),
    handle: async ({ body }) => {
      const size = limitWithin(body.limit, ctx.settings.api.defaultLimit);
      const page = { limit: size, offset: body.offset };
      const logs = await filterLogs(ctx, { filter: body.logs ?? {}, sort: body.sort, page });
      return answer(logs.map(logToWire));
    },
  }),
];
