import type { ArtifactCollectionRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';

import type { ArtifactFilter } from '../filter-types.ts';
import type { CountOptions, ListOptions } from '../page.ts';
import { countRows, paged, readRows } from '../select.ts';
import { ARTIFACT_COLLECTION_ORDER, type ArtifactSort } from '../sort.ts';
import { whereArtifactCollection } from '../where.ts';

/** The artifact collections that the filter admits. */
export const filterArtifactCollections = (
  ctx: Context,
  { filter, sort, page }: ListOptions<ArtifactFilter, ArtifactSort>,
): Promise<readonly ArtifactCollectionRow[]> =>
  readRows(
    ctx,
    paged(
      ctx.db.builder
        .selectFrom('artifactCollection')
        .selectAll('artifactCollection')
        .where(whereArtifactCollection(expressionsFor(ctx.db.dialect.name), filter)),
      ARTIFACT_COLLECTION_ORDER[sort],
      page,
    ),
  );

/** How many artifact collections the filter admits; with a cap, at most one more than that. */
export const countArtifactCollections = (
  ctx: Context,
  { filter, cap }: CountOptions<ArtifactFilter>,
): Promise<number> =>
  countRows(
    ctx,
    ctx.db.builder
      .selectFrom('artifactCollection')
      .select('artifactCollection.id')
      .where(whereArtifactCollection(expressionsFor(ctx.db.dialect.name), filter)),
    cap,
  );
