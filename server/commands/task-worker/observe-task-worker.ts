import type { Context } from '#server/context.ts';
import { run } from '#server/db/script.ts';
import { deleteTaskWorker, upsertTaskWorker } from '#server/db/sql/task-worker-statements.ts';
import { json } from '#server/json.ts';
import { addSeconds, nowMicros } from '#server/time.ts';

/** A task worker that is not heard of for so long has gone without a word. */
const PRESENCE_SECONDS = 60;

/** How often its presence has to be told. */
export const OBSERVE_EVERY_SECONDS = 20;

/** One subscription of a task worker. */
export interface ObservedTaskWorker {
  /** The id of the subscription: a worker may have several. */
  readonly id: string;
  /** What the worker calls itself. */
  readonly identifier: string;
  readonly taskKeys: readonly string[];
}

/** Notes that a task worker is there. */
export const observeTaskWorker = (
  ctx: Context,
  { id, identifier, taskKeys }: ObservedTaskWorker,
): Promise<void> => {
  const now = nowMicros();
  return ctx.db.write(() =>
    run(upsertTaskWorker(id, identifier, json(taskKeys), now, addSeconds(now, PRESENCE_SECONDS))),
  );
};

/** Notes that a subscription of a task worker has ended. */
export const forgetTaskWorker = (ctx: Context, id: string): Promise<void> =>
  ctx.db.write(() => run(deleteTaskWorker(id)));
