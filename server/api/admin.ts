import { z } from 'zod';

import type { Context } from '#server/context.ts';
import { one } from '#server/db/script.ts';
import { readConfiguration } from '#server/db/sql/read-configuration.ts';
import { isJsonObject } from '#server/json.ts';
import { publishedSettings } from '#server/settings/published.ts';

import { serverDefaultResultStorageAnswer } from './answers/admin.ts';
import { anyObject } from './answers/parts.ts';
import { answer } from './reply.ts';
import { type Route, route } from './route.ts';

/** The key under which the default place of results is kept. */
const RESULT_STORAGE = 'server-default-result-storage';

/** What clients ask about the server itself. */
export const adminRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'GET',
    path: '/admin/settings',
    answers: anyObject,
    handle: () => answer(publishedSettings(ctx.settings)),
  }),
  route({
    method: 'GET',
    path: '/admin/version',
    answers: z.string(),
    handle: () => answer(ctx.settings.prefectVersion),
  }),
  route({
    method: 'GET',
    path: '/admin/storage',
    answers: serverDefaultResultStorageAnswer,
    handle: async () => {
      const row = await ctx.db.read(() => one(readConfiguration(RESULT_STORAGE)));
      const value = isJsonObject(row?.value) ? row.value : {};
      return answer({
        default_result_storage_block_id: value['default_result_storage_block_id'] ?? null,
      });
    },
  }),
];
