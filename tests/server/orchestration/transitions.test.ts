import { expect, test } from 'vitest';

import type { FlowRunRow, TaskRunRow } from '#prisma/tables.ts';
import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { createTaskRun } from '#server/commands/task-run/create-task-run.ts';
import type { Context } from '#server/context.ts';
import type { JsonObject } from '#server/json.ts';
import { pauseKeysOf } from '#server/orchestration/empirical-policy.ts';
import { running } from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import { setTaskRunState } from '#server/orchestration/set-task-run-state.ts';
import type { ProposedState } from '#server/orchestration/states.ts';
import type { Transition } from '#server/orchestration/transition.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { insertDeployment, insertFlow } from '#tests/support/orchestration.ts';

import {
  type RecordedKind,
  type RecordedVerdict,
  proposalOf,
  recordedSequences,
  recordedTransitions,
} from './recorded-transitions.ts';

type Run = FlowRunRow | TaskRunRow;

/** A run that was brought into its first state, and the way to propose the next one to it. */
interface Subject {
  readonly id: string;
  readonly flowRunId: string | null;
  propose(proposed: ProposedState, force: boolean): Promise<Transition<Run>>;
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const makeFlowRun = async (
  ctx: Context,
  input: { readonly hasDeployment: boolean; readonly create: JsonObject; readonly first: string },
): Promise<Subject> => {
  const flow = await insertFlow(ctx);
  const deployment = input.hasDeployment ? await insertDeployment(ctx, { flowId: flow.id }) : null;
  const { flowRun } = await createFlowRun(ctx, {
    flowId: flow.id,
    deploymentId: deployment?.id ?? null,
    state: proposalOf(input.first),
    empiricalPolicy: (input.create['empirical_policy'] ?? {}) as JsonObject,
    infrastructurePid: text(input.create['infrastructure_pid']),
  });
  return {
    id: flowRun.id,
    flowRunId: flowRun.id,
    propose: (proposed, force) => setFlowRunState(ctx, { flowRunId: flowRun.id, proposed, force }),
  };
};

const makeTaskRun = async (
  ctx: Context,
  input: { readonly create: JsonObject; readonly first: string; readonly flowRun: string },
): Promise<Subject> => {
  const parent = await makeFlowRun(ctx, { hasDeployment: false, create: {}, first: 'Pending' });
  await parent.propose(running(), true);
  const { taskRun } = await createTaskRun(ctx, {
    flowRunId: parent.id,
    taskKey: 'task',
    dynamicKey: '0',
    state: proposalOf(input.first),
    empiricalPolicy: (input.create['empirical_policy'] ?? {}) as JsonObject,
  });
  if (input.flowRun !== 'Running') await parent.propose(proposalOf(input.flowRun), true);
  return {
    id: taskRun.id,
    flowRunId: parent.id,
    propose: (proposed, force) => setTaskRunState(ctx, { taskRunId: taskRun.id, proposed, force }),
  };
};

const make = (
  ctx: Context,
  kind: RecordedKind,
  input: { readonly create: JsonObject; readonly first: string; readonly flowRun?: string },
): Promise<Subject> =>
  kind === 'task_run'
    ? makeTaskRun(ctx, { flowRun: 'Running', ...input })
    : makeFlowRun(ctx, { ...input, hasDeployment: kind === 'flow_run with deployment' });

/** What the recording holds of a run, taken from ours. */
const recordable = (run: Run) => {
  const shared = {
    state_type: run.stateType,
    state_name: run.stateName,
    run_count: run.runCount,
    start_time: run.startTime !== null,
    end_time: run.endTime !== null,
    next_scheduled_start_time: run.nextScheduledStartTime !== null,
  };
  if ('taskKey' in run) return { ...shared, flow_run_run_count: run.flowRunRunCount };
  return {
    ...shared,
    resuming: run.empiricalPolicy['resuming'],
    retry_type: run.empiricalPolicy['retry_type'],
    pause_keys: pauseKeysOf(run.empiricalPolicy).length,
  };
};

const PAUSED_FLOW = /flow run: [0-9a-f-]{36}\./;

const ours = ({ status, details, state, run }: Transition<Run>) => ({
  status,
  details: {
    ...(details.delay_seconds === undefined ? {} : { delay_seconds: details.delay_seconds }),
    ...(typeof details.reason === 'string'
      ? { reason: details.reason.replace(PAUSED_FLOW, 'flow run: <id>.') }
      : {}),
  },
  state: {
    type: state?.type,
    name: state?.name,
    ...(state?.message === null ? {} : { message: state?.message }),
    ...(typeof state?.details['scheduled_time'] === 'string' ? { scheduled: true } : {}),
    ...(state?.data === null ? {} : { data: true }),
  },
  after: recordable(run),
});

const theirs = ({ status, details, state, after }: RecordedVerdict) => ({
  status,
  details: {
    ...(details.delay_seconds === undefined
      ? {}
      : // The recording went on a moment after its state was made.
        {
          delay_seconds: expect.toSatisfy(
            (seconds: number) => Math.abs(seconds - (details.delay_seconds ?? 0)) <= 1,
          ),
        }),
    ...(details.reason === undefined
      ? {}
      : { reason: details.reason.replace(PAUSED_FLOW, 'flow run: <id>.') }),
  },
  state,
  after,
});

const titled = recordedTransitions.map((line) => {
  const forced = line.force ? ' by force' : '';
  const around = line.flow_run === undefined ? '' : ` in a flow run that is ${line.flow_run}`;
  return { ...line, title: `${line.run}${around}: ${line.from} to ${line.to}${forced}` };
});

describeEachDatabase('recorded transitions', (db) => {
  test.each(titled)('$title', async (line) => {
    const subject = await make(db.ctx, line.run, {
      create: {},
      first: line.from,
      ...(line.flow_run === undefined ? {} : { flowRun: line.flow_run }),
    });
    const result = await subject.propose(proposalOf(line.to), line.force);
    expect(ours(result)).toEqual(theirs(line));
  });

  test.each(recordedSequences)('$run: $sequence', async ({ run, create, first, steps }) => {
    const subject = await make(db.ctx, run, { create, first });
    for (const step of steps) {
      const isForced = typeof step.to === 'string' && step.to.endsWith('!');
      const result = await subject.propose(proposalOf(step.to), isForced);
      expect(ours(result), JSON.stringify(step.to)).toEqual(theirs(step));
    }
  });
});
