import { readFileSync } from 'node:fs';

import { beforeAll, expect, test } from 'vitest';

import type { FlowRunRow, TaskRunRow } from '#prisma/tables.ts';
import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { createTaskRun } from '#server/commands/task-run/create-task-run.ts';
import type { Context } from '#server/context.ts';
import { one } from '#server/db/script.ts';
import type { JsonObject } from '#server/json.ts';
import { pauseKeysOf } from '#server/orchestration/empirical-policy.ts';
import { running } from '#server/orchestration/proposals.ts';
import type { ProposedState } from '#server/orchestration/states.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { insertDeployment, insertFlow } from '#tests/support/orchestration.ts';
import {
  type DoorVerdict,
  type RunKind,
  type StateDoor,
  openGraphQLDoor,
} from '#tests/support/state-doors.ts';

import {
  type RecordedKind,
  type RecordedVerdict,
  proposalOf,
  recordedSequences,
  recordedTransitions,
} from './recorded-transitions.ts';

type Run = FlowRunRow | TaskRunRow;

/** A run that was brought into its first state. */
interface Subject {
  readonly kind: RunKind;
  readonly id: string;
}

interface Stage {
  readonly ctx: Context;
  readonly door: StateDoor;
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
  return { kind: 'flow_run', id: flowRun.id };
};

const makeTaskRun = async (
  { ctx, door }: Stage,
  input: { readonly create: JsonObject; readonly first: string; readonly flowRun: string },
): Promise<Subject> => {
  const parent = await makeFlowRun(ctx, { hasDeployment: false, create: {}, first: 'Pending' });
  await door.propose({ ...parent, state: running(), force: true });
  const { taskRun } = await createTaskRun(ctx, {
    flowRunId: parent.id,
    taskKey: 'task',
    dynamicKey: '0',
    state: proposalOf(input.first),
    empiricalPolicy: (input.create['empirical_policy'] ?? {}) as JsonObject,
  });
  if (input.flowRun !== 'Running') {
    await door.propose({ ...parent, state: proposalOf(input.flowRun), force: true });
  }
  return { kind: 'task_run', id: taskRun.id };
};

const make = (
  stage: Stage,
  kind: RecordedKind,
  input: { readonly create: JsonObject; readonly first: string; readonly flowRun?: string },
): Promise<Subject> =>
  kind === 'task_run'
    ? makeTaskRun(stage, { flowRun: 'Running', ...input })
    : makeFlowRun(stage.ctx, { ...input, hasDeployment: kind === 'flow_run with deployment' });

const readRun = async ({ builder, read }: Context['db'], { kind, id }: Subject): Promise<Run> => {
  const flowRun = builder.selectFrom('flowRun').selectAll().where('id', '=', id);
  const taskRun = builder.selectFrom('taskRun').selectAll().where('id', '=', id);
  const row = await read(() => (kind === 'flow_run' ? one<Run>(flowRun) : one<Run>(taskRun)));
  if (row === null) throw new Error('The run is gone.');
  return row;
};

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

const ours = ({ status, details, state }: DoorVerdict, run: Run) => ({
  status,
  details: {
    ...details,
    ...(details.reason === undefined
      ? {}
      : { reason: details.reason.replace(PAUSED_FLOW, 'flow run: <id>.') }),
  },
  state: {
    type: state?.type,
    name: state?.name,
    ...(state?.message === null ? {} : { message: state?.message }),
    ...(typeof state?.state_details['scheduled_time'] === 'string' ? { scheduled: true } : {}),
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

test('the table of transitions is played to its last line', () => {
  const file = new URL('../../reference/transitions.jsonl', import.meta.url);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(2210);
  expect(recordedTransitions.length + recordedSequences.length).toBe(lines.length);
});

describeEachDatabase('recorded transitions', (db) => {
  let door: StateDoor;
  beforeAll(async () => {
    door = await openGraphQLDoor(db.ctx);
  });

  const play = async (subject: Subject, state: ProposedState, force: boolean) => {
    const verdict = await door.propose({ ...subject, state, force });
    return ours(verdict, await readRun(db.ctx.db, subject));
  };

  test.each(titled)('$title', async (line) => {
    const subject = await make({ ctx: db.ctx, door }, line.run, {
      create: {},
      first: line.from,
      ...(line.flow_run === undefined ? {} : { flowRun: line.flow_run }),
    });
    expect(await play(subject, proposalOf(line.to), line.force)).toEqual(theirs(line));
  });

  test.each(recordedSequences)('$run: $sequence', async ({ run, create, first, steps }) => {
    const subject = await make({ ctx: db.ctx, door }, run, { create, first });
    for (const step of steps) {
      const isForced = typeof step.to === 'string' && step.to.endsWith('!');
      const played = await play(subject, proposalOf(step.to), isForced);
      expect(played, JSON.stringify(step.to)).toEqual(theirs(step));
    }
  });
});
