import { sql } from 'kysely';

import type { Context } from '#server/context.ts';
import type { StateType } from '#server/orchestration/states.ts';

import type { ListPart } from './keyset.ts';
import type { NamedStateCount } from './run-history.ts';
import { readManyRows } from './select.ts';

/** How many runs of each part are in which state, in one statement; runs that have no state are left out. */
export const countRunsByState = async (
  ctx: Context,
  table: 'flowRun' | 'taskRun',
  parts: readonly ListPart[],
): Promise<readonly (readonly NamedStateCount[])[]> => {
  const type = sql.ref<StateType>(`${table}.stateType`);
  const name = sql.ref<string>(`${table}.stateName`);
  const selected = parts.map((part, index) =>
    ctx.db.builder
      .selectFrom(table)
      .select((eb) => [
        sql<number>`${sql.lit(index)}`.as('part'),
        type.as('type'),
        name.as('name'),
        eb.fn.countAll<number>().as('count'),
      ])
      .where(part.where)
      .where(type, 'is not', null)
      .groupBy([type, name]),
  );
  const [first, ...others] = selected;
  if (first === undefined) return [];
  let query = first;
  for (const other of others) query = query.unionAll(other);
  const byPart = Map.groupBy(await readManyRows(ctx, query), (row) => row.part);
  return parts.map((_part, index) =>
    (byPart.get(index) ?? []).map((row) => ({ type: row.type, name: row.name, count: row.count })),
  );
};
