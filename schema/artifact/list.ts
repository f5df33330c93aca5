import { sql } from 'kysely';

import type { Artifact } from '#prisma/client/sqlite/client.ts';
import type { ArtifactFilter } from '#server/queries/filter-types.ts';
import { whereArtifact } from '#server/queries/where.ts';

import { asQuery, byId } from '../shared/by-id.ts';
import type { ListSource } from '../shared/list-source.ts';

const id = sql.ref('artifact.id');

export const ARTIFACTS: ListSource<ArtifactFilter, Artifact> = {
  typeName: 'Artifact',
  table: 'artifact',
  where: whereArtifact,
  columns: {
    CREATED_AT: { by: sql.ref('artifact.created'), isNullable: false },
    UPDATED_AT: { by: sql.ref('artifact.updated'), isNullable: false },
    ID: { by: id, isNullable: false },
    KEY: { by: sql.ref('artifact.key'), isNullable: true },
  },
  defaultOrder: [{ field: 'CREATED_AT', direction: 'DESC' }],
  id,
  hydrate: async (ctx, ids, selection) =>
    byId(
      await ctx.db.prisma.artifact.findMany({
        ...asQuery(selection),
        where: { id: { in: [...ids] } },
      }),
    ),
};
