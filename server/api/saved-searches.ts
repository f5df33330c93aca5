import { z } from 'zod';

import {
  deleteSavedSearch,
  upsertSavedSearch,
} from '#server/commands/saved-search/saved-search-commands.ts';
import type { Context } from '#server/context.ts';
import {
  listSavedSearches,
  readSavedSearch,
} from '#server/queries/saved-search/read-saved-searches.ts';

import { savedSearchAnswer } from './answers/saved-search.ts';
import { parametersBody, wholeBody } from './body.ts';
import { limit, limitWithin, offset } from './page.ts';
import { answer, createdStatus, noContent, refusal } from './reply.ts';
import { type Route, route } from './route.ts';
import { newSavedSearch, savedSearchToWire } from './wire/saved-search.ts';

/** What clients ask about saved searches. */
export const savedSearchRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'PUT',
    path: '/saved_searches/',
    answers: savedSearchAnswer,
    body: wholeBody(newSavedSearch),
    handle: async ({ body }) => {
      const { savedSearch, isCreated } = await upsertSavedSearch(ctx, body);
      return answer(savedSearchToWire(savedSearch), createdStatus(isCreated));
    },
  }),
  route({
    method: 'GET',
    path: '/saved_searches/{id:uuid}',
    answers: savedSearchAnswer,
    handle: async ({ param }) => {
      const found = await readSavedSearch(ctx, param('id'));
      return found === null
        ? refusal(404, 'Saved search not found')
        : answer(savedSearchToWire(found));
    },
  }),
  route({
    method: 'POST',
    path: '/saved_searches/filter',
    answers: z.array(savedSearchAnswer),
    body: parametersBody({ limit, offset }),
    handle: async ({ body }) => {
      const size = limitWithin(body.limit, ctx.settings.api.defaultLimit);
      const found = await listSavedSearches(ctx, { limit: size, offset: body.offset });
      return answer(found.map(savedSearchToWire));
    },
  }),
  route({
    method: 'DELETE',
    path: '/saved_searches/{id:uuid}',
    status: 204,
    handle: async ({ param }) => {
      await deleteSavedSearch(ctx, param('id'));
      return noContent;
    },
  }),
];
