import type { FlowRunMoment, Rule } from './rule.ts';
import { bypassCancellingFlowRunsWithNoInfra } from './rules/bypass-cancelling-flow-runs-with-no-infra.ts';
import { copyScheduledTime } from './rules/copy-scheduled-time.ts';
import { enforceCancellingToCancelledTransition } from './rules/enforce-cancelling-to-cancelled.ts';
import { enforceDeploymentConcurrencyOnLate } from './rules/enforce-deployment-concurrency-on-late.ts';
import { ensureOnlyScheduledFlowsMarkedLate } from './rules/ensure-only-scheduled-flows-marked-late.ts';
import { ensureStateTimestampIsUnique } from './rules/ensure-state-timestamp-is-unique.ts';
import { handleFlowTerminalStateTransitions } from './rules/handle-flow-terminal-state-transitions.ts';
import { handlePausingFlows } from './rules/handle-pausing-flows.ts';
import { handleResumingPausedFlows } from './rules/handle-resuming-paused-flows.ts';
import { incrementFlowRunCount } from './rules/increment-flow-run-count.ts';
import { incrementRunTime } from './rules/increment-run-time.ts';
import { keepWorkPoolLimits } from './rules/keep-work-pool-limits.ts';
import { preserveDeploymentConcurrencyLeaseId } from './rules/preserve-deployment-concurrency-lease-id.ts';
import { preventDuplicateTransitions } from './rules/prevent-duplicate-transitions.ts';
import { preventPendingTransitions } from './rules/prevent-pending-transitions.ts';
import { preventResultDataLoss } from './rules/prevent-result-data-loss.ts';
import { releaseFlowConcurrencySlots } from './rules/release-flow-concurrency-slots.ts';
import { removeDeploymentConcurrencyLeaseForOldClientVersions } from './rules/remove-deployment-concurrency-lease.ts';
import { removeResumingIndicator } from './rules/remove-resuming-indicator.ts';
import { retryFailedFlows } from './rules/retry-failed-flows.ts';
import { secureFlowConcurrencySlots } from './rules/secure-flow-concurrency-slots.ts';
import { setEndTime } from './rules/set-end-time.ts';
import { setExpectedStartTime } from './rules/set-expected-start-time.ts';
import { setNextScheduledStartTime } from './rules/set-next-scheduled-start-time.ts';
import { setRunState } from './rules/set-run-state.ts';
import { setStartTime } from './rules/set-start-time.ts';
import { updateFlowRunStateDetails } from './rules/update-flow-run-state-details.ts';
import { updateSubflowParentTask } from './rules/update-subflow-parent-task.ts';
import { updateSubflowStateDetails } from './rules/update-subflow-state-details.ts';
import { validateDeploymentConcurrencyAtRunning } from './rules/validate-deployment-concurrency-at-running.ts';
import { waitForScheduledTime } from './rules/wait-for-scheduled-time.ts';

// What Prefect calls InstrumentFlowRunStateTransitions belongs to every policy: it is part of writing a state.
type Policy = readonly Rule<FlowRunMoment>[];

/** What holds for a state change that somebody asks for. */
export const coreFlowPolicy: Policy = [
  preserveDeploymentConcurrencyLeaseId,
  preventDuplicateTransitions,
  handleFlowTerminalStateTransitions,
  enforceCancellingToCancelledTransition,
  bypassCancellingFlowRunsWithNoInfra,
  preventPendingTransitions,
  keepWorkPoolLimits,
  validateDeploymentConcurrencyAtRunning,
  secureFlowConcurrencySlots,
  removeDeploymentConcurrencyLeaseForOldClientVersions,
  ensureOnlyScheduledFlowsMarkedLate,
  handlePausingFlows,
  handleResumingPausedFlows,
  copyScheduledTime,
  waitForScheduledTime,
  retryFailedFlows,
  releaseFlowConcurrencySlots,
];

/** What holds even for a state change that is forced. */
export const minimalFlowPolicy: Policy = [
  preserveDeploymentConcurrencyLeaseId,
  preventResultDataLoss,
  bypassCancellingFlowRunsWithNoInfra,
  releaseFlowConcurrencySlots,
];

/** What holds when a run that nobody picked up in time is marked late. */
export const markLatePolicy: Policy = [
  ensureOnlyScheduledFlowsMarkedLate,
  enforceDeploymentConcurrencyOnLate,
];

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
