import type { ArtifactCollection as ArtifactCollectionRow } from '#prisma/client/sqlite/client.ts';

import { builder } from '../builder.ts';
import { resolveConnection } from '../shared/connection.ts';
import { defineConnection } from '../shared/define-connection.ts';
import { CREATED_AT, ID, Node, RESOURCE_ID, Resource, UPDATED_AT } from '../shared/interfaces.ts';
import { pageArguments } from '../shared/list-arguments.ts';
import { ARTIFACTS } from './list.ts';
import { Artifact, ArtifactConnection } from './object.ts';

const ArtifactCollection = builder.prismaObject('ArtifactCollection', {
  description: 'All artifacts of one key.',
  interfaces: [Resource, Node],
  select: { id: true },
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    createdAt: t.expose('created', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updated', { type: 'DateTime', description: UPDATED_AT }),
    resourceId: t.string({
      description: RESOURCE_ID,
      resolve: (collection) => `prefect.artifact-collection.${collection.id}`,
    }),
    key: t.exposeString('key', { description: 'The key.' }),
    latest: t.field({
      type: Artifact,
      description: 'The newest of them.',
      select: {
        latestId: true,
        created: true,
        updated: true,
        key: true,
        type: true,
        data: true,
        description: true,
        metadata: true,
        flowRunId: true,
        taskRunId: true,
      },
      // The collection repeats its newest artifact under an id of its own.
      resolve: (collection) => ({ ...collection, id: collection.latestId }),
    }),
    versions: t.field({
      type: ArtifactConnection,
      description: 'All of them, the newest first.',
      args: pageArguments(),
      select: { key: true },
      resolve: (collection, args, ctx, info) =>
        resolveConnection(ctx, info, {
          source: ARTIFACTS,
          args,
          within: { key: { in: [collection.key] } },
        }),
    }),
  }),
});

export const ArtifactCollectionConnection = defineConnection<ArtifactCollectionRow>(
  { name: 'ArtifactCollection', plural: 'artifact collections' },
  ArtifactCollection,
);
