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
  // Both tables have these columns; the type checker follows one.
  const states = ctx.db.builder.selectFrom(`${table as 'flowRunState'} as state`);
  const found = await readRows(
    ctx,
    states
      .leftJoin('artifact as result', 'result.id', 'state.resultArtifactId')
      .select([
        'state.id',
        'state.message',
        'state.stateDetails',
        'state.data',
        'result.data as result',
      ])
      .where('state.id', 'in', [...ids]),
  );
  return new Map(found.map(({ result, ...row }) => [row.id, { ...row, data: result ?? row.data }]));
};
