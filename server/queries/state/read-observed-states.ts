import { type SqlBool, sql } from 'kysely';

import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';
import type { StateType } from '#server/orchestration/states.ts';
import { type Micros, micros } from '#server/time.ts';

import { readManyRows } from '../select.ts';

export type ObservedStateSort = 'NAME_ASC' | 'LAST_SEEN_DESC';

/** A kind and name of state that some run has had, and when it was first and last entered. */
export interface ObservedState {
  readonly type: StateType;
  readonly name: string;
  readonly firstSeen: Micros;
  readonly lastSeen: Micros;
}

/** The states that runs of both kinds have had; `query` is the start of a kind or of a name. */
export const readObservedStates = async (
  ctx: Context,
  {
    query,
    sort,
    limit,
  }: { readonly query: string | null; readonly sort: ObservedStateSort; readonly limit: number },
): Promise<readonly ObservedState[]> => {
  // Each history is grouped along its index before they meet, so that few rows are sorted however long they are.
  const seenBy = (table: 'flowRunState' | 'taskRunState') =>
    ctx.db.builder
      .selectFrom(table)
      .select((eb) => [
        eb.ref('type').as('type'),
        eb.ref('name').as('name'),
        eb.fn.min('timestamp').as('firstSeen'),
        eb.fn.max('timestamp').as('lastSeen'),
      ])
      .groupBy(['type', 'name']);
  const words = expressionsFor(ctx.db.dialect.name);
  const prefix = query?.trim() ?? '';
  let observed = ctx.db.builder
    .selectFrom(seenBy('flowRunState').unionAll(seenBy('taskRunState')).as('seen'))
    .select((eb) => [
      'seen.type',
      'seen.name',
      eb.fn.min('seen.firstSeen').as('firstSeen'),
      eb.fn.max('seen.lastSeen').as('lastSeen'),
    ])
    .groupBy(['seen.type', 'seen.name']);
  if (prefix !== '') {
    observed = observed.where((eb) =>
      eb.or([
        words.startsWithText(eb.ref('seen.type'), prefix),
        words.startsWithText(eb.ref('seen.name'), prefix),
      ]),
    );
  }
  if (sort === 'LAST_SEEN_DESC')
    observed = observed.orderBy(sql<SqlBool>`${sql.ref('lastSeen')}`, 'desc');
  const found = await readManyRows(
    ctx,
    observed.orderBy('seen.type').orderBy('seen.name').limit(limit),
  );
  return found.map((row) => ({
    type: row.type,
    name: row.name,
    firstSeen: micros(row.firstSeen),
    lastSeen: micros(row.lastSeen),
  }));
};
