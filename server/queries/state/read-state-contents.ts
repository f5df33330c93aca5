import type { Context } from '#server/context.ts';
import type { JsonObject, JsonValue } from '#server/json.ts';

import { readRows } from '../select.ts';

export interface StateContent {
  readonly id: string;
  readonly message: string | null;
  readonly stateDetails: JsonObject;
  readonly data: JsonValue | null;
}

/** What the states with the ids say beyond their kind, name and time; unknown ids are missing. */
export const readStateContents = async (
  ctx: Context,
  table: 'flowRunState' | 'taskRunState',
  ids: readonly string[],
): Promise<ReadonlyMap<string, StateContent>> => {
  const found = await readRows<StateContent>(
    ctx,
    ctx.db.builder
      .selectFrom(table)
      .select(['id', 'message', 'stateDetails', 'data'])
      .where('id', 'in', [...ids]),
  );
  return new Map(found.map((row) => [row.id, row]));
};
