import type { StateColumns } from '#server/db/sql/read-run-view.ts';
import type { State, StateType } from '#server/orchestration/states.ts';
import type { Micros } from '#server/time.ts';

interface RunState extends StateColumns {
  readonly stateType: StateType | null;
  readonly stateName: string | null;
  readonly stateTimestamp: Micros | null;
}

/** The state of a run whose row repeats its kind, name and time, or null for a run without one. */
export const stateOf = (run: RunState): State | null => {
  const { currentStateId: id, stateType: type, stateName: name, stateTimestamp: timestamp } = run;
  if (id === null || type === null || name === null || timestamp === null) return null;
  return {
    id,
    type,
    name,
    timestamp,
    message: run.currentStateMessage,
    details: run.currentStateDetails ?? {},
    data: run.currentStateResult ?? run.currentStateData,
  };
};
