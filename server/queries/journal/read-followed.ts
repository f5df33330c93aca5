import type { Context } from '#server/context.ts';

import { readRows } from '../select.ts';

/** The tables of what streams follow. */
export type FollowedTable =
  | 'artifact'
  | 'concurrencyLimitV2'
  | 'deployment'
  | 'flowRun'
  | 'taskRun'
  | 'worker'
  | 'workPool'
  | 'workQueue';

/** All columns of rows, for whoever wants to compare them with those of another time. */
export const readFollowed = (
  ctx: Context,
  table: FollowedTable,
  ids: readonly string[],
): Promise<readonly { readonly id: string }[]> =>
  readRows<{ readonly id: string }>(
    ctx,
    ctx.db.builder.selectFrom(table).selectAll(table).where('id', 'in', ids),
  );
