import type { Rule, TaskRunMoment } from './rule.ts';
import { ensureStateTimestampIsUnique } from './rules/ensure-state-timestamp-is-unique.ts';
import { incrementRunTime } from './rules/increment-run-time.ts';
import { incrementTaskRunCount } from './rules/increment-task-run-count.ts';
import { setEndTime } from './rules/set-end-time.ts';
import { setExpectedStartTime } from './rules/set-expected-start-time.ts';
import { setNextScheduledStartTime } from './rules/set-next-scheduled-start-time.ts';
import { setRunState } from './rules/set-run-state.ts';
import { setStartTime } from './rules/set-start-time.ts';
import { updateTaskRunStateDetails } from './rules/update-task-run-state-details.ts';

type Policy = readonly Rule<TaskRunMoment>[];

/** What holds for a state change that somebody asks for. */
export const coreTaskPolicy: Policy = [];

/** What holds for tasks that are left for a task worker. */
export const backgroundTaskPolicy: Policy = [];

/** What holds even for a state change that is forced. */
export const minimalTaskPolicy: Policy = [];

/** The books that are kept with every state that is written. */
export const globalTaskTransforms: Policy = [
  ensureStateTimestampIsUnique,
  setRunState,
  setStartTime,
  setEndTime,
  incrementRunTime,
  setExpectedStartTime,
  setNextScheduledStartTime,
  updateTaskRunStateDetails,
  incrementTaskRunCount,
];
