import { readArtifactCollection } from '#server/queries/artifact/read-artifact.ts';

import { builder } from '../builder.ts';
import { resolveConnection } from '../shared/connection.ts';
import { ArtifactFilter } from '../shared/entity-filters.ts';
import { FILTER, ORDER, pageArguments } from '../shared/list-arguments.ts';
import { ArtifactBy } from '../shared/lookups.ts';
import { ArtifactOrder } from '../shared/orders.ts';
import { storedId } from '../shared/where-unique.ts';
import { ARTIFACT_COLLECTIONS } from './collection-list.ts';
import { ArtifactCollectionConnection } from './collection-object.ts';
import { ARTIFACTS } from './list.ts';
import { Artifact, ArtifactConnection } from './object.ts';

builder.queryField('artifact', (t) =>
  t.field({
    type: Artifact,
    nullable: true,
    description: 'One artifact, or null.',
    args: { by: t.arg({ type: ArtifactBy, required: true, description: 'Which one.' }) },
    resolve: async (_root, { by }, { server }) => {
      const { id, latestKey } = by;
      const latest =
        latestKey === null || latestKey === undefined
          ? null
          : await readArtifactCollection(server, latestKey);
      return server.db.prisma.artifact.findUnique({
        where: { id: latest?.latestId ?? storedId(id ?? '') },
      });
    },
  }),
);

builder.queryField('artifacts', (t) =>
  t.field({
    type: ArtifactConnection,
    description: 'Artifacts, the newest first unless an order is given.',
    args: {
      filter: t.arg({ type: ArtifactFilter, description: FILTER }),
      orderBy: t.arg({ type: [ArtifactOrder], description: ORDER }),
      ...pageArguments(),
    },
    resolve: (_root, args, ctx, info) => resolveConnection(ctx, info, { source: ARTIFACTS, args }),
  }),
);

builder.queryField('artifactCollections', (t) =>
  t.field({
    type: ArtifactCollectionConnection,
    description: 'Keys of artifacts, the one changed last first unless an order is given.',
    args: {
      filter: t.arg({ type: ArtifactFilter, description: FILTER }),
      orderBy: t.arg({ type: [ArtifactOrder], description: ORDER }),
      ...pageArguments(),
    },
    resolve: (_root, args, ctx, info) =>
      resolveConnection(ctx, info, { source: ARTIFACT_COLLECTIONS, args }),
  }),
);
