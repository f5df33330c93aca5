import type { ArtifactCollectionRow, ArtifactRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { one } from '#server/db/script.ts';
import { readArtifactCollectionRow, readArtifactRow } from '#server/db/sql/read-entity.ts';

/** The artifact with the id, or null. */
export const readArtifact = (ctx: Context, id: string): Promise<ArtifactRow | null> =>
  ctx.db.read(() => one(readArtifactRow(id)));

/** The collection of a key, which repeats its newest artifact, or null. */
export const readArtifactCollection = (
  ctx: Context,
  key: string,
): Promise<ArtifactCollectionRow | null> => ctx.db.read(() => one(readArtifactCollectionRow(key)));
