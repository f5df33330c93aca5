import type { EventRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';

import { readRows } from '../select.ts';

/** The events with the ids, under their ids. */
export const readEvents = async (
  ctx: Context,
  ids: readonly string[],
): Promise<ReadonlyMap<string, EventRow>> => {
  const found = await readRows(
    ctx,
    ctx.db.builder
      .selectFrom('event')
      .selectAll()
      .where('id', 'in', [...ids]),
  );
  return new Map(found.map((event) => [event.id, event]));
};
