import type { Rule, TaskRunMoment } from './rule.ts';
import { cacheInsertion } from './rules/cache-insertion.ts';
import { cacheRetrieval } from './rules/cache-retrieval.ts';
import { copyScheduledTime } from './rules/copy-scheduled-time.ts';
import { copyTaskParametersId } from './rules/copy-task-parameters-id.ts';
import { enqueueScheduledTasks } from './rules/enqueue-scheduled-tasks.ts';
import { ensureStateTimestampIsUnique } from './rules/ensure-state-timestamp-is-unique.ts';
import { handleTaskTerminalStateTransitions } from './rules/handle-task-terminal-state-transitions.ts';
import { incrementRunTime } from './rules/increment-run-time.ts';
import { incrementTaskRunCount } from './rules/increment-task-run-count.ts';
import { preventPendingTransitions } from './rules/prevent-pending-transitions.ts';
import { preventRunningTasksFromStoppedFlows } from './rules/prevent-running-tasks-from-stopped-flows.ts';
import { releaseTaskConcurrencySlots } from './rules/release-task-concurrency-slots.ts';
import { renameReruns } from './rules/rename-reruns.ts';
import { retryFailedTasks } from './rules/retry-failed-tasks.ts';
import { secureTaskConcurrencySlots } from './rules/secure-task-concurrency-slots.ts';
import { setEndTime } from './rules/set-end-time.ts';
import { setExpectedStartTime } from './rules/set-expected-start-time.ts';
import { setNextScheduledStartTime } from './rules/set-next-scheduled-start-time.ts';
import { setRunState } from './rules/set-run-state.ts';
import { setStartTime } from './rules/set-start-time.ts';
import { updateFlowRunTrackerOnTasks } from './rules/update-flow-run-tracker-on-tasks.ts';
import { updateTaskRunStateDetails } from './rules/update-task-run-state-details.ts';
import { waitForScheduledTime } from './rules/wait-for-scheduled-time.ts';

type Policy = readonly Rule<TaskRunMoment>[];

/** What holds for a state change that somebody asks for. */
export const coreTaskPolicy: Policy = [
  cacheRetrieval,
  handleTaskTerminalStateTransitions,
  preventRunningTasksFromStoppedFlows,
  secureTaskConcurrencySlots,
  copyScheduledTime,
  waitForScheduledTime,
  retryFailedTasks,
  renameReruns,
  updateFlowRunTrackerOnTasks,
  cacheInsertion,
  releaseTaskConcurrencySlots,
];

/** What holds for tasks that are left to task workers. */
export const backgroundTaskPolicy: Policy = [
  preventPendingTransitions,
  cacheRetrieval,
  handleTaskTerminalStateTransitions,
  copyScheduledTime,
  copyTaskParametersId,
  waitForScheduledTime,
  retryFailedTasks,
  renameReruns,
  updateFlowRunTrackerOnTasks,
  cacheInsertion,
  releaseTaskConcurrencySlots,
  enqueueScheduledTasks,
];

/** What holds even for a state change that is forced. */
export const minimalTaskPolicy: Policy = [releaseTaskConcurrencySlots];

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
