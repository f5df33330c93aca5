import { sql } from 'kysely';

import type { ArtifactCollection } from '#prisma/client/sqlite/client.ts';
import type { ArtifactFilter } from '#server/queries/filter-types.ts';
import { whereArtifactCollection } from '#server/queries/where.ts';

import { asQuery, byId } from '../shared/by-id.ts';
import type { ListSource } from '../shared/list-source.ts';

const id = sql.ref('artifactCollection.id');

export const ARTIFACT_COLLECTIONS: ListSource<ArtifactFilter, ArtifactCollection> = {
  typeName: 'ArtifactCollection',
  table: 'artifactCollection',
  where: whereArtifactCollection,
  columns: {
    CREATED_AT: { by: sql.ref('artifactCollection.created'), isNullable: false },
    UPDATED_AT: { by: sql.ref('artifactCollection.updated'), isNullable: false },
    ID: { by: id, isNullable: false },
    KEY: { by: sql.ref('artifactCollection.key'), isNullable: false },
  },
  defaultOrder: [{ field: 'UPDATED_AT', direction: 'DESC' }],
  id,
  hydrate: async (ctx, ids, selection) =>
    byId(
      await ctx.db.prisma.artifactCollection.findMany({
        ...asQuery(selection),
        where: { id: { in: [...ids] } },
      }),
    ),
};
