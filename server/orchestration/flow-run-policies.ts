import type { FlowRunMoment, Rule } from './rule.ts';
import { ensureStateTimestampIsUnique } from './rules/ensure-state-timestamp-is-unique.ts';
import { incrementFlowRunCount } from './rules/increment-flow-run-count.ts';
import { incrementRunTime } from './rules/increment-run-time.ts';
import { instrumentFlowRunStateTransitions } from './rules/instrument-flow-run-state-transitions.ts';
import { removeResumingIndicator } from './rules/remove-resuming-indicator.ts';
import { setEndTime } from './rules/set-end-time.ts';
import { setExpectedStartTime } from './rules/set-expected-start-time.ts';
import { setNextScheduledStartTime } from './rules/set-next-scheduled-start-time.ts';
import { setRunState } from './rules/set-run-state.ts';
import { setStartTime } from './rules/set-start-time.ts';
import { updateFlowRunStateDetails } from './rules/update-flow-run-state-details.ts';
import { updateSubflowParentTask } from './rules/update-subflow-parent-task.ts';
import { updateSubflowStateDetails } from './rules/update-subflow-state-details.ts';

type Policy = readonly Rule<FlowRunMoment>[];

/** What holds for a state change that somebody asks for. */
export const coreFlowPolicy: Policy = [instrumentFlowRunStateTransitions];

/** What holds even for a state change that is forced. */
export const minimalFlowPolicy: Policy = [instrumentFlowRunStateTransitions];

/** What holds when a run that was not picked up in time is marked late. */
export const markLatePolicy: Policy = [instrumentFlowRunStateTransitions];

/** The books that are kept with every state that is written. */
export const globalFlowTransforms: Policy = [
  ensureStateTimestampIsUnique,
  setRunState,
  setStartTime,
  setEndTime,
  incrementRunTime,
  setExpectedStartTime,
  setNextScheduledStartTime,
  updateFlowRunStateDetails,
  updateSubflowParentTask,
  updateSubflowStateDetails,
  incrementFlowRunCount,
  removeResumingIndicator,
];
