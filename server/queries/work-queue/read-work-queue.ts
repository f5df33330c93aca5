import type { Context } from '#server/context.ts';
import { one } from '#server/db/script.ts';
import {
  type WorkQueueViewRow,
  readWorkQueueView,
  readWorkQueueViewByName,
} from '#server/db/sql/read-entity.ts';

/** A work queue with the name of its pool. */
export type WorkQueueView = WorkQueueViewRow;

/** The work queue with the id, or null. */
export const readWorkQueue = (ctx: Context, id: string): Promise<WorkQueueView | null> =>
  ctx.db.read(() => one(readWorkQueueView(id)));

/** The work queue of the pool with the name, or null. */
export const readWorkQueueByName = (
  ctx: Context,
  { workPoolName, name }: { readonly workPoolName: string; readonly name: string },
): Promise<WorkQueueView | null> =>
  ctx.db.read(() => one(readWorkQueueViewByName(workPoolName, name)));
