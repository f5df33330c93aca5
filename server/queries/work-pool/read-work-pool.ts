import type { WorkPoolRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { one } from '#server/db/script.ts';
import { readWorkPoolRow, readWorkPoolRowByName } from '#server/db/sql/read-entity.ts';

/** The work pool with the id, or null. */
export const readWorkPool = (ctx: Context, id: string): Promise<WorkPoolRow | null> =>
  ctx.db.read(() => one(readWorkPoolRow(id)));

/** The work pool with the name, or null. */
export const readWorkPoolByName = (ctx: Context, name: string): Promise<WorkPoolRow | null> =>
  ctx.db.read(() => one(readWorkPoolRowByName(name)));
