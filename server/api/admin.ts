import { z } from 'zod';

import type { Context } from '#server/context.ts';
import { readResultStorage } from '#server/queries/admin-storage/read-result-storage.ts';
import { publishedSettings } from '#server/settings/published.ts';

import { serverDefaultResultStorageAnswer } from './answers/admin.ts';
import { anyObject } from './answers/parts.ts';
import { answer } from './reply.ts';
import { type Route, route } from './route.ts';

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
    handle: async () => answer({ default_result_storage_block_id: await readResultStorage(ctx) }),
  }),
];
