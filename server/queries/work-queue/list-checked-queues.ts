import type { Context } from '#server/context.ts';

import { filterWorkQueues } from './filter-work-queues.ts';
import type { WorkQueueView } from './read-work-queue.ts';

/**
 * The work queues whose agents a deployment's runs could be taken by, the oldest first: queues have no filter any more
 * that would keep a run out, so they are all of them.
 */
export const listCheckedQueues = async (ctx: Context): Promise<readonly WorkQueueView[]> => {
  const queues = await filterWorkQueues(ctx, {
    filter: {},
    sort: 'NAME_ASC',
    page: { limit: ctx.settings.api.defaultLimit, offset: 0 },
  });
  return queues.toSorted((left, right) => left.created - right.created);
};
