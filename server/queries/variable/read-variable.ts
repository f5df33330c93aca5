import type { VariableRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { one } from '#server/db/script.ts';
import { readVariableRow, readVariableRowByName } from '#server/db/sql/read-entity.ts';

/** The variable with the id, or null. */
export const readVariable = (ctx: Context, id: string): Promise<VariableRow | null> =>
  ctx.db.read(() => one(readVariableRow(id)));

/** The variable with the name, or null. */
export const readVariableByName = (ctx: Context, name: string): Promise<VariableRow | null> =>
  ctx.db.read(() => one(readVariableRowByName(name)));
