import { type Script, rows } from '#server/db/script.ts';
import {
  deleteFuturePlannedRuns,
  deletePlannedRuns,
  deleteUnstartedRuns,
} from '#server/db/sql/deployment-rows.ts';
import { recordChange } from '#server/events/record.ts';
import { nowMicros } from '#server/time.ts';

/** `future`: made by a schedule, for later. `planned`: made by a schedule. `unstarted`: whoever made them. */
export type RunsToRemove = 'future' | 'planned' | 'unstarted';

/** Removes runs of a deployment that have not begun, so that others can be planned in their place. */
export function* removeRuns(deploymentId: string, which: RunsToRemove): Script<void> {
  const statements = {
    future: () => deleteFuturePlannedRuns(deploymentId, nowMicros()),
    planned: () => deletePlannedRuns(deploymentId),
    unstarted: () => deleteUnstartedRuns(deploymentId),
  };
  for (const { id } of yield* rows(statements[which]())) {
    yield* recordChange({ topic: 'flow-run', kind: 'deleted', entityId: id, flowRunId: id });
  }
}
