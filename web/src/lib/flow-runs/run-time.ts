type TimedRun = {
  readonly startTime: string | null;
  readonly endTime: string | null;
  readonly totalRunTimeSeconds: number;
};

/** Seconds a run has been going: until its end, or until now while it is open; null before its start. */
export const runSeconds = (run: TimedRun, atMillis: number): number | null => {
  if (run.startTime === null) return null;
  if (run.endTime !== null) return run.totalRunTimeSeconds;
  return Math.max(0, (atMillis - Date.parse(run.startTime)) / 1000);
};
