import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import { readTaskWorkers } from '#server/db/sql/task-worker-statements.ts';
import { stringList } from '#server/json.ts';
import { type Micros, nowMicros } from '#server/time.ts';

/** A task worker that is there. */
export interface TaskWorker {
  readonly identifier: string;
  readonly taskKeys: readonly string[];
  /** When it was last heard of. */
  readonly timestamp: Micros;
}

/** The task workers that are there, or those of them that run one of some tasks; each with all of its tasks. */
export const listTaskWorkers = async (
  ctx: Context,
  { taskKeys }: { readonly taskKeys: readonly string[] },
): Promise<readonly TaskWorker[]> => {
  const found = await ctx.db.read(() => rows(readTaskWorkers(nowMicros())));
  const workers = [...Map.groupBy(found, ({ identifier }) => identifier)].map(
    ([identifier, subscriptions]) => ({
      identifier,
      taskKeys: [...new Set(subscriptions.flatMap((one) => stringList(one.taskKeys)))],
      timestamp: subscriptions
        .map(({ timestamp }) => timestamp)
        .reduce((latest, one) => (one > latest ? one : latest)),
    }),
  );
  if (taskKeys.length === 0) return workers;
  return workers.filter((worker) => worker.taskKeys.some((key) => taskKeys.includes(key)));
};
