import type { StateType } from '@prefect-server/client-gen/web';

type TimedRun = {
  readonly stateType: StateType | null;
  readonly startTime: string | null;
  readonly endTime: string | null;
  readonly totalRunTimeSeconds: number;
};

const underway: ReadonlySet<StateType | null> = new Set(['RUNNING', 'CANCELLING']);

/** True while the time of a run goes on: not when it waits for a retry, a slot or somebody. */
export const isTimeRunning = ({ stateType, endTime }: TimedRun): boolean =>
  endTime === null && underway.has(stateType);

/** Seconds a run has been going: until its end, or until now while it runs; null before its start. */
export const runSeconds = (run: TimedRun, atMillis: number): number | null => {
  if (run.startTime === null) return null;
  if (!isTimeRunning(run)) return run.totalRunTimeSeconds;
  return Math.max(0, (atMillis - Date.parse(run.startTime)) / 1000);
};
