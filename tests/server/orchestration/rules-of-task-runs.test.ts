import { describe, expect, test } from 'vitest';

import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { type CreateTaskRun, createTaskRun } from '#server/commands/task-run/create-task-run.ts';
import { rows } from '#server/db/script.ts';
import { newId } from '#server/ids.ts';
import type { JsonObject } from '#server/json.ts';
import { type ProposedState, STATE_TYPES, type StateType } from '#server/orchestration/states.ts';
import { requireTaskRun } from '#server/queries/task-run/read-task-run.ts';
import { addSeconds, formatInstant, nowMicros } from '#server/time.ts';
import { insertFlow, insertLimit, readActiveSlots } from '#tests/support/orchestration.ts';
import {
  type DoorOfDatabase,
  type DoorVerdict,
  describeEachDoor,
} from '#tests/support/state-doors.ts';

import { proposalOf } from './recorded-transitions.ts';

const stateOf = (label: string, details: JsonObject = {}): ProposedState => {
  const state = proposalOf(label);
  return { ...state, details: { ...state.details, ...details } };
};

const inSeconds = (seconds: number): string => formatInstant(addSeconds(nowMicros(), seconds));

const LABELS: Readonly<Record<StateType, string>> = {
  SCHEDULED: 'Scheduled past',
  PENDING: 'Pending',
  RUNNING: 'Running',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  CANCELLED: 'Cancelled',
  CRASHED: 'Crashed',
  PAUSED: 'Paused',
  CANCELLING: 'Cancelling',
};

const ACTIVE = ['SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED', 'CANCELLING'] as const;
const RESULT = { type: 'reference', storage_key: 'k' } as const;

/** Makes task runs in a running flow run and proposes states to them through one door. */
const stage = (door: DoorOfDatabase) => {
  const makeFlowRun = async (first = 'Running'): Promise<string> => {
    const { id: flowId } = await insertFlow(door.ctx);
    return (await createFlowRun(door.ctx, { flowId, state: stateOf(first) })).flowRun.id;
  };
  const make = async (
    first: ProposedState,
    fields: Partial<CreateTaskRun> = {},
  ): Promise<string> => {
    const flowRunId = await makeFlowRun();
    const keys = { taskKey: `task-${newId()}`, dynamicKey: '0' };
    const input = { flowRunId, ...keys, state: first, ...fields };
    return (await createTaskRun(door.ctx, input)).taskRun.id;
  };
  const propose = (id: string, state: ProposedState, force = false): Promise<DoorVerdict> =>
    door.propose({ kind: 'task_run', id, state, force });
  const proposeToFlow = (id: string, label: string): Promise<DoorVerdict> =>
    door.propose({ kind: 'flow_run', id, state: stateOf(label), force: true });
  const read = (id: string) => requireTaskRun(door.ctx, id);
  return { makeFlowRun, make, propose, proposeToFlow, read };
};

describeEachDoor('rules of task runs', (door) => {
  const { makeFlowRun, make, propose, proposeToFlow, read } = stage(door);

  describe('CacheRetrieval and CacheInsertion', () => {
    const remember = async (expiration: string | null): Promise<string> => {
      const key = `key-${newId()}`;
      const id = await make(stateOf('Running'));
      const details = { cache_key: key, cache_expiration: expiration };
      await propose(id, { ...stateOf('Completed', details), data: RESULT });
      return key;
    };

    test.each(
      ACTIVE.flatMap((from) => [
        [LABELS[from], null, {}, 'Cached'] as const,
        [LABELS[from], 3600, {}, 'Cached'] as const,
        [LABELS[from], -1, {}, 'RUNNING'] as const,
        [LABELS[from], 3600, { refresh_cache: true }, 'RUNNING'] as const,
      ]),
    )('%s, when a result is good for %s s, with %j: %s', async (from, seconds, details, ends) => {
      const key = await remember(seconds === null ? null : inSeconds(seconds));
      const id = await make(stateOf(from));
      const verdict = await propose(id, stateOf('Running', { cache_key: key, ...details }));
      expect(verdict).toMatchObject(
        ends === 'Cached'
          ? { status: 'REJECT', state: { type: 'COMPLETED', name: 'Cached', data: RESULT } }
          : { status: 'ACCEPT', state: { type: 'RUNNING' } },
      );
    });

    test.each(ACTIVE.map((from) => LABELS[from]))(
      'from %s a key that is too long is refused, and the run completes without it',
      async (from) => {
        const id = await make(stateOf(from));
        const verdict = await propose(id, stateOf('Completed', { cache_key: 'x'.repeat(2001) }));
        expect(verdict).toMatchObject({ status: 'REJECT', state: { type: 'COMPLETED' } });
        expect(verdict.details.reason).toContain('2000');
      },
    );
  });

  describe('HandleTaskTerminalStateTransitions', () => {
    test.each(
      (['COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED'] as const).flatMap((from) =>
        STATE_TYPES.map((to) => [from, to] as const),
      ),
    )('%s to %s', async (from, to) => {
      const id = await make(stateOf('Pending'));
      await propose(id, stateOf('Running'));
      await propose(id, { ...stateOf(LABELS[from]), data: from === 'COMPLETED' ? RESULT : null });
      const { status } = await propose(id, stateOf(LABELS[to]));
      const isAborted = ['CANCELLING', 'PAUSED', 'CRASHED'].includes(to);
      const isKept = from === 'COMPLETED';
      expect(status).toBe(isAborted ? 'ABORT' : isKept ? 'REJECT' : 'ACCEPT');
      const isTerminal = ['COMPLETED', 'FAILED', 'CANCELLED'].includes(to);
      // One that starts anew counts its runs from the beginning.
      const counts = status !== 'ACCEPT' || isTerminal ? 1 : to === 'RUNNING' ? 1 : 0;
      expect((await read(id)).runCount).toBe(counts);
    });

    test('a task run of a flow run that is run again is retried', async () => {
      const flowRunId = await makeFlowRun('Pending');
      await proposeToFlow(flowRunId, 'Running');
      const id = await make(stateOf('Pending'), { flowRunId });
      for (const label of ['Running', 'Failed']) await propose(id, stateOf(label));
      await proposeToFlow(flowRunId, 'Failed');
      await proposeToFlow(flowRunId, 'Running');
      expect(await propose(id, stateOf('Running'))).toMatchObject({ state: { name: 'Retrying' } });
      expect((await read(id)).flowRunRunCount).toBe(2);
    });
  });

  describe('PreventRunningTasksFromStoppedFlows', () => {
    test.each(
      STATE_TYPES.flatMap((flow) =>
        (['SCHEDULED', 'PENDING', 'FAILED'] as const).map((from) => [flow, from] as const),
      ),
    )('a task run of a flow run that is %s, from %s', async (flow, from) => {
      const flowRunId = await makeFlowRun();
      const id = await make(stateOf(LABELS[from]), { flowRunId });
      await proposeToFlow(flowRunId, LABELS[flow]);
      const { status, state } = await propose(id, stateOf('Running'));
      const expected =
        flow === 'RUNNING'
          ? { status: 'ACCEPT', type: 'RUNNING' }
          : flow === 'PAUSED'
            ? { status: 'REJECT', type: 'PAUSED' }
            : { status: 'ABORT', type: from };
      expect({ status, type: state?.type }).toEqual(expected);
      if (flow === 'PAUSED') {
        expect(state).toMatchObject({ name: 'NotReady' });
        expect(state?.state_details['pause_timeout']).toBeTypeOf('string');
      }
    });
  });

  describe('SecureTaskConcurrencySlots and ReleaseTaskConcurrencySlots', () => {
    const limited = async (limit: number) => {
      const tag = `tag-${newId()}`;
      const { id } = await insertLimit(door.ctx, { name: `tag:${tag}`, limit });
      return { tag, taken: () => readActiveSlots(door.ctx, id) };
    };

    test.each(ACTIVE.map((from) => LABELS[from]))('from %s', async (from) => {
      const closed = await limited(0);
      const refused = await make(stateOf(from), { tags: [closed.tag] });
      expect((await propose(refused, stateOf('Running'))).status).toBe('ABORT');
      const { tag, taken } = await limited(1);
      const holder = await make(stateOf(from), { tags: [tag] });
      expect((await propose(holder, stateOf('Running'))).status).toBe('ACCEPT');
      const waiter = await make(stateOf(from), { tags: [tag] });
      const waiting = await propose(waiter, stateOf('Running'));
      expect(waiting.status).toBe('WAIT');
      expect(Number.isInteger(waiting.details.delay_seconds)).toBe(true);
      expect(await taken()).toBe(1);
    });

    test.each(STATE_TYPES.filter((type) => type !== 'RUNNING'))(
      'RUNNING to %s, also by force',
      async (to) => {
        for (const force of [false, true]) {
          const { tag, taken } = await limited(1);
          const id = await make(stateOf('Pending'), { tags: [tag] });
          await propose(id, stateOf('Running'));
          expect((await propose(id, stateOf(LABELS[to]), force)).status).toBe('ACCEPT');
          expect(await taken()).toBe(to === 'CANCELLING' ? 1 : 0);
        }
      },
    );
  });

  describe('CopyScheduledTime and WaitForScheduledTime', () => {
    test.each([
      [[], 3600, 'WAIT'],
      [['Pending'], 3600, 'WAIT'],
      [['Pending'], -5, 'ACCEPT'],
      [[], 0.3, 'ACCEPT'],
    ] as const)('after %j, due in %s s: %s', async (between, seconds, status) => {
      const id = await make(stateOf('Scheduled past', { scheduled_time: inSeconds(seconds) }));
      for (const label of between) await propose(id, stateOf(label));
      expect((await propose(id, stateOf('Running'))).status).toBe(status);
    });
  });

  describe('RetryFailedTasks and RenameReruns', () => {
    test.each([
      [{}, {}, ['Failed']],
      [{ retries: 1, retry_delay: 0 }, {}, ['AwaitingRetry', 'Retrying', 'Failed', 'Running']],
      [{ retries: 2, retry_delay: [0, 0] }, {}, ['AwaitingRetry', 'Retrying', 'AwaitingRetry']],
      [{ retries: 2, retry_delay: 0 }, { retriable: false }, ['Failed', 'Running']],
      [{ retries: 1, retry_delay: 0 }, { retriable: true }, ['AwaitingRetry', 'Retrying']],
    ] as const)('with %j, and %j: %j', async (empiricalPolicy, details, names) => {
      const id = await make(stateOf('Pending'), { empiricalPolicy });
      await propose(id, stateOf('Running'));
      const entered = [];
      for (let step = 0; step < names.length; step += 1) {
        const next = step % 2 === 0 ? stateOf('Failed', details) : stateOf('Running');
        entered.push((await propose(id, next)).state?.name);
      }
      expect(entered).toEqual(names);
    });

    test('each attempt waits for its own delay', async () => {
      const empiricalPolicy = { retries: 3, retry_delay: [100, 1000] };
      const id = await make(stateOf('Pending'), { empiricalPolicy });
      const delays = [];
      for (let attempt = 0; attempt < 3; attempt += 1) {
        await propose(id, stateOf('Running'), true);
        const { state } = await propose(id, stateOf('Failed'));
        const due = state?.state_details['scheduled_time'];
        if (typeof due !== 'string') throw new Error('It is not retried.');
        delays.push(Math.round((Date.parse(due) - Date.now()) / 10_000) * 10);
      }
      expect(delays).toEqual([100, 1000, 1000]);
    });

    test.each(['SCHEDULED', 'PENDING', 'PAUSED', 'CANCELLING', 'RUNNING'] as const)(
      'a run that has run before is run anew from %s',
      async (from) => {
        const id = await make(stateOf('Pending'));
        await propose(id, stateOf('Running'));
        if (from !== 'RUNNING') await propose(id, stateOf(LABELS[from]));
        const { state } = await propose(id, stateOf('Running'));
        expect(state?.name).toBe('Rerunning');
      },
    );
  });

  describe('rules of tasks that are left to workers', () => {
    const deferred = { deferred: true };
    test.each(
      (['PENDING', 'RUNNING', 'CANCELLING', 'CANCELLED'] as const).flatMap((from) =>
        [false, true].map((force) => [from, force] as const),
      ),
    )('PreventPendingTransitions: %s to PENDING, force %s', async (from, force) => {
      const id = await make(stateOf(LABELS[from]));
      expect(await propose(id, stateOf('Pending', deferred), force)).toMatchObject({
        status: 'ABORT',
        state: { type: from },
      });
    });

    test('CopyTaskParametersID: it goes along until the run runs', async () => {
      const parameters = newId();
      const first = stateOf('Scheduled past', { ...deferred, task_parameters_id: parameters });
      const id = await make(stateOf('Pending'));
      await propose(id, first);
      for (const label of ['Pending', 'Running']) {
        const { state } = await propose(id, stateOf(label, deferred));
        expect(state?.state_details['task_parameters_id']).toBe(parameters);
      }
    });

    test.each([
      ['Pending', 'Scheduled past', {}, null],
      ['Pending', 'Scheduled past', deferred, 1],
      ['Running', 'AwaitingRetry', deferred, 0],
      ['Failed', 'Scheduled past', deferred, 1],
    ] as const)('EnqueueScheduledTasks: %s to %s %j: %s', async (from, to, details, priority) => {
      const id = await make(stateOf(from));
      await propose(id, stateOf(to, details));
      const query = door.ctx.db.builder
        .selectFrom('delivery')
        .select('priority')
        .where('key', '=', id);
      const queued = await door.ctx.db.read(() => rows(query));
      expect(queued).toEqual(priority === null ? [] : [{ priority }]);
    });
  });

  test('UpdateFlowRunTrackerOnTasks: a run notes in which attempt of its flow it ran', async () => {
    const flowRunId = await makeFlowRun('Pending');
    for (const label of ['Running', 'Pending', 'Running']) await proposeToFlow(flowRunId, label);
    const id = await make(stateOf('Pending'), { flowRunId });
    expect((await read(id)).flowRunRunCount).toBe(0);
    await propose(id, stateOf('Running'));
    expect((await read(id)).flowRunRunCount).toBe(2);
  });
});
