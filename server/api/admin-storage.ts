import {
  clearResultStorage,
  setResultStorage,
} from '#server/commands/admin-storage/result-storage.ts';
import type { Context } from '#server/context.ts';

import { serverDefaultResultStorageAnswer } from './answers/admin.ts';
import { wholeBody } from './body.ts';
import { answer, noContent } from './reply.ts';
import { type Route, route } from './route.ts';
import { uuid } from './wire/pydantic/scalar.ts';
import { openModel } from './wire/pydantic/shapes.ts';

/** How the place is chosen where results go by default. */
export const adminStorageRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'PUT',
    path: '/admin/storage',
    answers: serverDefaultResultStorageAnswer,
    body: wholeBody(openModel({ default_result_storage_block_id: uuid })),
    handle: async ({ body }) => {
      await setResultStorage(ctx, body.default_result_storage_block_id);
      return answer({ default_result_storage_block_id: body.default_result_storage_block_id });
    },
  }),
  route({
    method: 'DELETE',
    path: '/admin/storage',
    status: 204,
    handle: async () => {
      await clearResultStorage(ctx);
      return noContent;
    },
  }),
];
