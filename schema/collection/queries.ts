import { serveBaseOf } from '#server/http/serve-base.ts';
import { readCollectionView } from '#server/queries/collection/read-collection-view.ts';

import { builder } from '../builder.ts';

builder.queryField('collectionView', (t) =>
  t.field({
    type: 'JSONObject',
    nullable: true,
    description:
      "What Prefect's collections bring, in the form of a view of Prefect's registry: `aggregate-worker-metadata` holds the kinds of workers with the base job templates of their work pools. Null when there is no such view.",
    args: { view: t.arg.string({ required: true, description: 'The name of the view.' }) },
    resolve: (_root, { view }, { server }) =>
      readCollectionView(server, { view, own: serveBaseOf(server.settings) }),
  }),
);
