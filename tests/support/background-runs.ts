import { createTaskRun } from '#server/commands/task-run/create-task-run.ts';
import type { Context } from '#server/context.ts';
import { newId } from '#server/ids.ts';
import { scheduled } from '#server/orchestration/proposals.ts';
import type { ProposedState } from '#server/orchestration/states.ts';
import { nowMicros } from '#server/time.ts';

/** The state in which `task.delay()` leaves a run. */
export const deferred = (name = 'Scheduled'): ProposedState => {
  const proposed = scheduled({ at: nowMicros() }, name);
  return { ...proposed, details: { ...proposed.details, deferred: true } };
};

/** A run as `task.delay()` makes it; gives its id. */
export const delayTask = async (ctx: Context, taskKey: string): Promise<string> => {
  const made = await createTaskRun(ctx, { taskKey, dynamicKey: newId(), state: deferred() });
  return made.taskRun.id;
};
