import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';

import type { WorkQueueFilter } from '../filter-types.ts';
import type { Page } from '../page.ts';
import { readRows } from '../select.ts';
import { whereWorkQueue } from '../where.ts';
import type { WorkQueueView } from './read-work-queue.ts';

/** Queues of one pool are listed by priority, those of all pools by name. */
export type WorkQueueSort = 'NAME_ASC' | 'PRIORITY_ASC';

/** The work queues that the filter admits, each with the name of its pool. */
export const filterWorkQueues = (
  ctx: Context,
  {
    filter,
    sort,
    page,
  }: { readonly filter: WorkQueueFilter; readonly sort: WorkQueueSort; readonly page: Page },
): Promise<readonly WorkQueueView[]> =>
  readRows(
    ctx,
    ctx.db.builder
      .selectFrom('workQueue')
      .innerJoin('workPool as pool', 'pool.id', 'workQueue.workPoolId')
      .selectAll('workQueue')
      .select('pool.name as workPoolName')
      .where(whereWorkQueue(expressionsFor(ctx.db.dialect.name), filter))
      .orderBy(sort === 'NAME_ASC' ? 'workQueue.name' : 'workQueue.priority')
      .orderBy('workQueue.id')
      .limit(page.limit)
      .offset(page.offset),
  );
