import type { Context } from '#server/context.ts';
import { rows, run } from '#server/db/script.ts';
import {
  deleteLogsOfTaskRun,
  deleteTaskRunRow,
  lockSubflowsOfTaskRun,
} from '#server/db/sql/flow-run-parts.ts';
import { notFound } from '#server/errors.ts';
import { recordChange } from '#server/events/record.ts';
import { freeTaskSlots } from '#server/orchestration/rules/release-task-concurrency-slots.ts';
import { readLockedTaskRun, taskRunOf } from '#server/orchestration/task-run-transition.ts';

export interface DeleteTaskRun {
  readonly taskRunId: string;
}

/** Removes a task run with its states and logs and gives its slots back; NOT_FOUND for an unknown one. */
export const deleteTaskRun = async (ctx: Context, { taskRunId }: DeleteTaskRun): Promise<void> => {
  await ctx.db.write(function* () {
    // Flow runs are kept before task runs by everybody.
    yield* run(lockSubflowsOfTaskRun(taskRunId));
    const row = yield* readLockedTaskRun(taskRunId);
    if (row === null) throw notFound('Task run', taskRunId);
    const { flowRunId } = row;
    if (row.tags.length > 0) yield* freeTaskSlots({ run: taskRunOf(row), ctx });
    yield* run(deleteTaskRunRow(taskRunId));
    yield* recordChange({ topic: 'task-run', kind: 'deleted', entityId: taskRunId, flowRunId });
  });
  let deleted: number;
  do {
    // oxlint-disable-next-line no-await-in-loop -- others write between two commits
    deleted = (await ctx.db.write(() => rows(deleteLogsOfTaskRun(taskRunId)))).length;
  } while (deleted > 0);
};
