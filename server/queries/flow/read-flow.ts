import type { FlowRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { one } from '#server/db/script.ts';
import { readFlowRow, readFlowRowByName } from '#server/db/sql/read-entity.ts';

/** The flow with the id, or null. */
export const readFlow = (ctx: Context, id: string): Promise<FlowRow | null> =>
  ctx.db.read(() => one(readFlowRow(id)));

/** The flow with the name, or null. */
export const readFlowByName = (ctx: Context, name: string): Promise<FlowRow | null> =>
  ctx.db.read(() => one(readFlowRowByName(name)));
