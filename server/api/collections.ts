import { z } from 'zod';

import type { Context } from '#server/context.ts';
import { readCollectionView } from '#server/queries/collection/read-collection-view.ts';

import { createOwnAddress } from './own-address.ts';
import { answer, refusal } from './reply.ts';
import { type Route, route } from './route.ts';

/** What clients ask about the collections of Prefect: above all, which kinds of workers there are. */
export const collectionRoutes = (ctx: Context): readonly Route[] => {
  const ownAddress = createOwnAddress(ctx.settings);
  return [
    route({
      method: 'GET',
      path: '/collections/views/{view}',
      answers: z.record(z.string(), z.unknown()),
      handle: ({ param, headers }) => {
        const view = param('view');
        const content = readCollectionView(ctx, { view, own: ownAddress(headers) });
        return content === null
          ? refusal(404, `View ${view} not found in registry`)
          : answer(content);
      },
    }),
  ];
};
