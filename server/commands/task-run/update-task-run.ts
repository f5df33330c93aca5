import type { TaskRunRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { run } from '#server/db/script.ts';
import { updateRun } from '#server/db/sql/row-writes.ts';
import { notFound } from '#server/errors.ts';
import { recordChange } from '#server/events/record.ts';
import { readLockedTaskRun, taskRunOf } from '#server/orchestration/task-run-transition.ts';
import { nowMicros } from '#server/time.ts';

import { generateRunName } from '../flow-run/generate-run-name.ts';

export interface UpdateTaskRun {
  readonly taskRunId: string;
  /** A name is made up when this is null or empty; the name stays when it is left out. */
  readonly name?: string | null;
}

/** Renames a task run and gives it back; NOT_FOUND for an unknown one. */
export const updateTaskRun = (
  ctx: Context,
  { taskRunId, name }: UpdateTaskRun,
): Promise<TaskRunRow> =>
  ctx.db.write(function* () {
    const row = yield* readLockedTaskRun(taskRunId);
    if (row === null) throw notFound('Task run', taskRunId);
    const { flowRunId } = row;
    const changes = {
      updated: nowMicros(),
      ...(name === undefined ? {} : { name: name || generateRunName() }),
    };
    yield* run(updateRun('task_run', taskRunId, changes));
    yield* recordChange({ topic: 'task-run', kind: 'updated', entityId: taskRunId, flowRunId });
    return { ...taskRunOf(row), ...changes };
  });
