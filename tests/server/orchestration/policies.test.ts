import { describe, expect, test } from 'vitest';

import {
  coreFlowPolicy,
  globalFlowTransforms,
  markLatePolicy,
  minimalFlowPolicy,
} from '#server/orchestration/flow-run-policies.ts';
import type { Moment, Rule } from '#server/orchestration/rule.ts';
import {
  backgroundTaskPolicy,
  coreTaskPolicy,
  globalTaskTransforms,
  minimalTaskPolicy,
} from '#server/orchestration/task-run-policies.ts';

import { type RecordedKind, proposalOf, recordedTransitions } from './recorded-transitions.ts';

/**
 * The policies of Prefect's server with their rules in order. Three things are elsewhere: events
 * (InstrumentFlowRunStateTransitions) belong to the writing of a state, the three transforms that note type, name and
 * time of a state are one here, and ClientSideTaskOrchestrationPolicy, which nothing there selects, is not here.
 */
const POLICIES = {
  CoreFlowPolicy: [
    coreFlowPolicy,
    'PreserveDeploymentConcurrencyLeaseId',
    'PreventDuplicateTransitions',
    'HandleFlowTerminalStateTransitions',
    'EnforceCancellingToCancelledTransition',
    'BypassCancellingFlowRunsWithNoInfra',
    'PreventPendingTransitions',
    // Not one of Prefect's, whose server lets workers go over the limits of pools and queues.
    'KeepWorkPoolLimits',
    'ValidateDeploymentConcurrencyAtRunning',
    'SecureFlowConcurrencySlots',
    'RemoveDeploymentConcurrencyLeaseForOldClientVersions',
    'EnsureOnlyScheduledFlowsMarkedLate',
    'HandlePausingFlows',
    'HandleResumingPausedFlows',
    'CopyScheduledTime',
    'WaitForScheduledTime',
    'RetryFailedFlows',
    'ReleaseFlowConcurrencySlots',
  ],
  MinimalFlowPolicy: [
    minimalFlowPolicy,
    'PreserveDeploymentConcurrencyLeaseId',
    'PreventResultDataLoss',
    'BypassCancellingFlowRunsWithNoInfra',
    'ReleaseFlowConcurrencySlots',
  ],
  MarkLateRunsPolicy: [
    markLatePolicy,
    'EnsureOnlyScheduledFlowsMarkedLate',
    'EnforceDeploymentConcurrencyOnLate',
  ],
  GlobalFlowPolicy: [
    globalFlowTransforms,
    'EnsureFlowRunStateTimestampIsUnique',
    'SetRunState',
    'SetStartTime',
    'SetEndTime',
    'IncrementRunTime',
    'SetExpectedStartTime',
    'SetNextScheduledStartTime',
    'UpdateStateDetails',
    'UpdateSubflowParentTask',
    'UpdateSubflowStateDetails',
    'IncrementFlowRunCount',
    'RemoveResumingIndicator',
  ],
  CoreTaskPolicy: [
    coreTaskPolicy,
    'CacheRetrieval',
    'HandleTaskTerminalStateTransitions',
    'PreventRunningTasksFromStoppedFlows',
    'SecureTaskConcurrencySlots',
    'CopyScheduledTime',
    'WaitForScheduledTime',
    'RetryFailedTasks',
    'RenameReruns',
    'UpdateFlowRunTrackerOnTasks',
    'CacheInsertion',
    'ReleaseTaskConcurrencySlots',
  ],
  BackgroundTaskPolicy: [
    backgroundTaskPolicy,
    'PreventPendingTransitions',
    'CacheRetrieval',
    'HandleTaskTerminalStateTransitions',
    'CopyScheduledTime',
    'CopyTaskParametersID',
    'WaitForScheduledTime',
    'RetryFailedTasks',
    'RenameReruns',
    'UpdateFlowRunTrackerOnTasks',
    'CacheInsertion',
    'ReleaseTaskConcurrencySlots',
    'EnqueueScheduledTasks',
  ],
  MinimalTaskPolicy: [minimalTaskPolicy, 'ReleaseTaskConcurrencySlots'],
  GlobalTaskPolicy: [
    globalTaskTransforms,
    'EnsureFlowRunStateTimestampIsUnique',
    'SetRunState',
    'SetStartTime',
    'SetEndTime',
    'IncrementRunTime',
    'SetExpectedStartTime',
    'SetNextScheduledStartTime',
    'UpdateStateDetails',
    'IncrementTaskRunCount',
  ],
} as const;

test.each(Object.entries(POLICIES))('%s has the rules of Prefect, in order', (_name, policy) => {
  const [rules, ...names] = policy;
  expect(rules.map(({ name }) => name)).toEqual(names);
});

const recordedPairs = (kind: RecordedKind, force: boolean): ReadonlySet<string> =>
  new Set(
    recordedTransitions
      .filter((line) => line.run === kind && line.force === force)
      .map(({ from, to }) => `${proposalOf(from).type} to ${proposalOf(to).type}`),
  );

/** The pairs of states that a rule speaks of; a run that was made by either door always has a state. */
const pairsOf = <M extends Moment>({ from, to }: Rule<M>): readonly string[] =>
  [...from].flatMap((first) =>
    [...to].flatMap((next) => (first === null || next === null ? [] : [`${first} to ${next}`])),
  );

interface Covered {
  readonly rules: readonly Pick<Rule<Moment>, 'name' | 'from' | 'to'>[];
  readonly kind: RecordedKind;
  readonly force: boolean;
}

const COVERED: Readonly<Record<string, Covered>> = {
  CoreFlowPolicy: { rules: coreFlowPolicy, kind: 'flow_run', force: false },
  'CoreFlowPolicy, deployed': {
    rules: coreFlowPolicy,
    kind: 'flow_run with deployment',
    force: false,
  },
  MinimalFlowPolicy: { rules: minimalFlowPolicy, kind: 'flow_run', force: true },
  GlobalFlowPolicy: { rules: globalFlowTransforms, kind: 'flow_run', force: false },
  CoreTaskPolicy: { rules: coreTaskPolicy, kind: 'task_run', force: false },
  MinimalTaskPolicy: { rules: minimalTaskPolicy, kind: 'task_run', force: true },
  GlobalTaskPolicy: { rules: globalTaskTransforms, kind: 'task_run', force: false },
};

describe.each(Object.entries(COVERED))(
  'the table of transitions, which is played through both doors, has for %s',
  (_name, { rules, kind, force }) => {
    const recorded = recordedPairs(kind, force);
    test.each(rules.map((rule) => [rule.name, rule] as const))('all pairs of %s', (_rule, rule) => {
      const pairs = pairsOf(rule);
      expect(pairs).not.toHaveLength(0);
      expect(pairs.filter((pair) => !recorded.has(pair))).toEqual([]);
    });
  },
);
