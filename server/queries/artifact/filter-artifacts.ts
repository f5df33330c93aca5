import type { ArtifactRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';

import type { ArtifactFilter } from '../filter-types.ts';
import type { CountOptions, ListOptions } from '../page.ts';
import { countRows, paged, readRows } from '../select.ts';
import { ARTIFACT_ORDER, type ArtifactSort } from '../sort.ts';
import { whereArtifact } from '../where.ts';

/** The artifacts that the filter admits. */
export const filterArtifacts = (
  ctx: Context,
  { filter, sort, page }: ListOptions<ArtifactFilter, ArtifactSort>,
): Promise<readonly ArtifactRow[]> =>
  readRows(
    ctx,
    paged(
      ctx.db.builder
        .selectFrom('artifact')
        .selectAll('artifact')
        .where(whereArtifact(expressionsFor(ctx.db.dialect.name), filter)),
      ARTIFACT_ORDER[sort],
      page,
    ),
  );

/** How many artifacts the filter admits; with a cap, at most one more than that. */
export const countArtifacts = (
  ctx: Context,
  { filter, cap }: CountOptions<ArtifactFilter>,
): Promise<number> =>
  countRows(
    ctx,
    ctx.db.builder
      .selectFrom('artifact')
      .select('artifact.id')
      .where(whereArtifact(expressionsFor(ctx.db.dialect.name), filter)),
    cap,
  );
