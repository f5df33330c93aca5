import type { FlowRunRow } from '#prisma/tables.ts';
import type { FlowRunViewRow } from '#server/db/sql/read-run-view.ts';
import type { State } from '#server/orchestration/states.ts';

import { stateOf } from '../state-view.ts';

/** A flow run with all that an answer about it shows. */
export interface FlowRunView extends FlowRunRow {
  readonly state: State | null;
  readonly queueName: string | null;
  readonly workPoolId: string | null;
  readonly workPoolName: string | null;
}

/** The view of a joined row. */
export const toFlowRunView = (row: FlowRunViewRow): FlowRunView => ({
  ...row,
  state: stateOf(row),
});
