import type { TaskRunRow } from '#prisma/tables.ts';
import type { TaskRunViewRow } from '#server/db/sql/read-run-view.ts';
import type { State } from '#server/orchestration/states.ts';

import { stateOf } from '../state-view.ts';

/** A task run with its state. */
export interface TaskRunView extends TaskRunRow {
  readonly state: State | null;
}

/** The view of a joined row. */
export const toTaskRunView = (row: TaskRunViewRow): TaskRunView => ({
  ...row,
  state: stateOf(row),
});
