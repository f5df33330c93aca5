import { type RawBuilder, sql } from 'kysely';

import { type StateType, isTerminal, STATE_TYPES } from '#server/orchestration/states.ts';
import { type Micros, MICROS_PER_SECOND } from '#server/time.ts';

type RunTable = 'flowRun' | 'taskRun';

const UNFINISHED = STATE_TYPES.filter((type) => !isTerminal(type));

/** How long a run has run, in microseconds, with the stretch that is still going on; an expression on its row. */
export const estimatedRunTime = (table: RunTable, now: Micros): RawBuilder<number> => {
  const column = (name: string) => sql.ref(`${table}.${name}`);
  return sql<number>`CASE WHEN ${column('stateType')} = 'RUNNING'
    THEN ${column('totalRunTime')} + (${now} - ${column('stateTimestamp')})
    ELSE ${column('totalRunTime')} END`;
};

/** By how much a run started, or has not started, later than expected, in microseconds; an expression on its row. */
export const lateness = (table: RunTable, now: Micros): RawBuilder<number> => {
  const column = (name: string) => sql.ref(`${table}.${name}`);
  return sql<number>`CASE WHEN ${column('startTime')} > ${column('expectedStartTime')}
    THEN ${column('startTime')} - ${column('expectedStartTime')}
    WHEN ${column('startTime')} IS NULL AND ${column('expectedStartTime')} < ${now}
      AND ${column('stateType')} IN (${sql.join(UNFINISHED)})
    THEN ${now} - ${column('expectedStartTime')} ELSE 0 END`;
};

/** What the time computations need to know of a run. */
export interface RunTimes {
  readonly stateType: StateType | null;
  readonly stateTimestamp: Micros | null;
  readonly totalRunTime: number;
  readonly startTime: Micros | null;
  readonly expectedStartTime: Micros | null;
}

/** Seconds a run has run, with the stretch that is still going on. */
export const estimatedRunTimeSeconds = (run: RunTimes, now: Micros): number => {
  const current =
    run.stateType === 'RUNNING' && run.stateTimestamp !== null ? now - run.stateTimestamp : 0;
  return (run.totalRunTime + current) / MICROS_PER_SECOND;
};

/** Seconds by which a run started, or has not started, later than expected; zero when in time or over. */
export const latenessSeconds = (run: RunTimes, now: Micros): number => {
  const { startTime, expectedStartTime, stateType } = run;
  if (expectedStartTime === null) return 0;
  if (startTime !== null) return Math.max(0, startTime - expectedStartTime) / MICROS_PER_SECOND;
  if (stateType !== null && isTerminal(stateType)) return 0;
  return Math.max(0, now - expectedStartTime) / MICROS_PER_SECOND;
};
