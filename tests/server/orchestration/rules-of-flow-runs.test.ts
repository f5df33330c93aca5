import { describe, expect, test } from 'vitest';

import { type CreateFlowRun, createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { updateFlowRun } from '#server/commands/flow-run/update-flow-run.ts';
import { newId } from '#server/ids.ts';
import type { JsonObject } from '#server/json.ts';
import { pauseKeysOf } from '#server/orchestration/empirical-policy.ts';
import { type ProposedState, STATE_TYPES, type StateType } from '#server/orchestration/states.ts';
import { requireFlowRun } from '#server/queries/flow-run/read-flow-run.ts';
import { addSeconds, formatInstant, nowMicros } from '#server/time.ts';
import { insertDeployment, insertFlow, insertLimit } from '#tests/support/orchestration.ts';
import {
  type DoorOfDatabase,
  type DoorVerdict,
  describeEachDoor,
} from '#tests/support/state-doors.ts';

import { proposalOf } from './recorded-transitions.ts';

type Label = string;

/** A state as a table names it: by its label, or with details. */
const stateOf = (label: Label, details: JsonObject = {}): ProposedState => {
  const state = proposalOf(label);
  return { ...state, details: { ...state.details, ...details } };
};

const inSeconds = (seconds: number): string => formatInstant(addSeconds(nowMicros(), seconds));

const LABELS: Readonly<Record<StateType, Label>> = {
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

const LEASE = 'deployment_concurrency_lease_id';

interface Terms {
  readonly limit: number;
  readonly options?: JsonObject;
}

/** Makes runs and proposes states to them through one door. */
const stage = (door: DoorOfDatabase) => {
  const make = async (
    first: ProposedState,
    { terms, ...fields }: Partial<CreateFlowRun> & { readonly terms?: Terms } = {},
  ): Promise<string> => {
    const { ctx } = door;
    const { id: flowId } = await insertFlow(ctx);
    const limit =
      terms === undefined
        ? null
        : await insertLimit(ctx, { name: `deployment:${newId()}`, limit: terms.limit });
    const deployment =
      limit === null || terms === undefined
        ? null
        : await insertDeployment(ctx, {
            flowId,
            limitId: limit.id,
            ...(terms.options === undefined ? {} : { options: terms.options }),
          });
    const { flowRun } = await createFlowRun(ctx, {
      flowId,
      deploymentId: deployment?.id ?? null,
      state: first,
      ...fields,
    });
    return flowRun.id;
  };
  const deployed = async (first: ProposedState, fields: Partial<CreateFlowRun> = {}) => {
    const { id: flowId } = await insertFlow(door.ctx);
    const { id: deploymentId } = await insertDeployment(door.ctx, { flowId });
    const input = { flowId, deploymentId, state: first, ...fields };
    return (await createFlowRun(door.ctx, input)).flowRun.id;
  };
  const propose = (id: string, state: ProposedState, force = false): Promise<DoorVerdict> =>
    door.propose({ kind: 'flow_run', id, state, force });
  return { make, deployed, propose, read: (id: string) => requireFlowRun(door.ctx, id) };
};

describeEachDoor('rules of flow runs', (door) => {
  const { make, deployed, propose, read } = stage(door);

  describe('PreserveDeploymentConcurrencyLeaseId', () => {
    const lease = newId();
    test.each(
      ['Scheduled past', 'Pending', 'Running', 'Paused', 'Failed'].flatMap((from) =>
        ['Running', 'Cancelled', 'Crashed'].flatMap((to) =>
          [false, true].map((force) => [from, to, force] as const),
        ),
      ),
    )('%s to %s (force %s) keeps the lease', async (from, to, force) => {
      const id = await make(stateOf(from, { [LEASE]: lease }));
      const { status, state } = await propose(id, stateOf(to), force);
      if (status !== 'ACCEPT') expect(state?.type).toBe(proposalOf(from).type);
      expect(state?.state_details[LEASE]).toBe(lease);
    });

    test('a proposal with a lease of its own keeps that', async () => {
      const id = await make(stateOf('Pending', { [LEASE]: lease }));
      const own = newId();
      const { state } = await propose(id, stateOf('Cancelled', { [LEASE]: own }));
      expect(state?.state_details[LEASE]).toBe(own);
    });
  });

  describe('PreventDuplicateTransitions', () => {
    test.each(
      STATE_TYPES.flatMap((from) => STATE_TYPES.map((to) => [LABELS[from], LABELS[to]] as const)),
    )('%s to %s under the same id changes nothing', async (from, to) => {
      const id = await make(stateOf(from, { transition_id: newId() }));
      const { stateId } = await read(id);
      const first = await propose(id, stateOf(from));
      const transition = newId();
      const entered = await make(stateOf(from, { transition_id: transition }));
      expect(await propose(entered, stateOf(to, { transition_id: transition }))).toMatchObject({
        status: 'REJECT',
        details: { reason: 'This run has already made this state transition.' },
        state: { type: proposalOf(from).type },
      });
      // One without an id is judged like any other.
      expect(first.details.reason ?? '').not.toContain('already made this state transition');
      expect(stateId).not.toBeNull();
    });
  });

  describe('HandleFlowTerminalStateTransitions', () => {
    const policy = { resuming: true, pause_keys: ['k'], retry_type: 'in_process' };
    test.each([
      ['Failed', 'Scheduled past', { pauses: 0, retry: 'reschedule' }],
      ['Failed', 'Pending', { pauses: 0, retry: null }],
      ['Crashed', 'Running', { pauses: 0, retry: null }],
      ['Cancelled', 'Running', { pauses: 0, retry: null }],
      // What stays at its end keeps its books.
      ['Failed', 'Completed', { pauses: 1, retry: 'in_process' }],
      // What is refused, too.
      ['Failed', 'Paused', { pauses: 1, retry: 'in_process' }],
      ['Cancelled', 'Pending', { pauses: 1, retry: 'in_process' }],
    ] as const)('%s to %s: %j', async (from, to, { pauses, retry }) => {
      const id = await deployed(stateOf(from));
      await updateFlowRun(door.ctx, { flowRunId: id, empiricalPolicy: policy });
      await propose(id, stateOf(to));
      const { empiricalPolicy } = await read(id);
      expect(pauseKeysOf(empiricalPolicy)).toHaveLength(pauses);
      expect(empiricalPolicy['retry_type']).toBe(retry);
    });
  });

  test.each(STATE_TYPES)('EnforceCancellingToCancelledTransition: CANCELLING to %s', async (to) => {
    const id = await deployed(stateOf('Cancelling'));
    const { status, state } = await propose(id, stateOf(LABELS[to]));
    const isEnd = to === 'CANCELLED';
    expect({ status, type: state?.type }).toEqual(
      isEnd ? { status: 'ACCEPT', type: to } : { status: 'REJECT', type: 'CANCELLING' },
    );
  });

  describe('BypassCancellingFlowRunsWithNoInfra', () => {
    test.each(
      [
        ['Scheduled past', null, 'CANCELLED'],
        ['Scheduled future', '', 'CANCELLED'],
        ['Late', null, 'CANCELLED'],
        ['AwaitingRetry', 'pid', 'CANCELLING'],
        ['AwaitingConcurrencySlot', 'pid', 'CANCELLING'],
        ['Resuming', 'pid', 'CANCELLED'],
        ['Paused', null, 'CANCELLING'],
        ['Suspended', 'pid', 'CANCELLED'],
        ['Pending', null, 'CANCELLING'],
        ['Running', null, 'CANCELLING'],
      ].flatMap(([from, pid, ends]) =>
        [false, true].map((force) => [from ?? '', pid ?? null, force, ends] as const),
      ),
    )('%s with infrastructure %j, force %s: %s', async (from, infrastructurePid, force, ends) => {
      const id = await deployed(stateOf(from), { infrastructurePid });
      const { status, state } = await propose(id, stateOf('Cancelling'), force);
      expect({ status, type: state?.type }).toEqual({
        status: ends === 'CANCELLED' ? 'REJECT' : 'ACCEPT',
        type: ends,
      });
    });
  });

  describe('PreventPendingTransitions', () => {
    test.each([
      ['Pending', 'Submitting', 'ACCEPT'],
      ['Pending', 'InfrastructurePending', 'ACCEPT'],
      ['Submitting', 'InfrastructurePending', 'ACCEPT'],
      ['Submitting', 'Submitting', 'ABORT'],
      ['Submitting', 'Pending', 'ABORT'],
      ['Pending', 'Pending', 'ABORT'],
    ] as const)('%s to %s: %s, with what the run knew', async (from, to, status) => {
      const known = { scheduled_time: inSeconds(-5), [LEASE]: newId() };
      const id = await make({ ...stateOf('Pending', known), name: from });
      const verdict = await propose(id, { ...stateOf('Pending'), name: to });
      expect(verdict.status).toBe(status);
      expect(verdict.state).toMatchObject({ name: status === 'ACCEPT' ? to : from });
      expect(verdict.state?.state_details[LEASE]).toBe(known[LEASE]);
      expect(verdict.state?.state_details['scheduled_time']).toBeTypeOf('string');
    });
  });

  describe('SecureFlowConcurrencySlots', () => {
    const FULL = 'Deployment concurrency limit reached.';
    test.each(
      (['SCHEDULED', 'PAUSED', 'COMPLETED', 'FAILED', 'CRASHED'] as const).flatMap((from) => [
        [LABELS[from], { limit: 1 }, 'ACCEPT', 'PENDING'] as const,
        [LABELS[from], { limit: 0 }, 'ABORT', from] as const,
      ]),
    )('%s with %j: %s', async (from, terms, status, type) => {
      const id = await make(stateOf(from), { terms });
      const verdict = await propose(id, stateOf('Pending'));
      // A paused run has no way there, whatever its deployment says.
      const isPaused = from === 'Paused' && terms.limit > 0;
      expect(verdict).toMatchObject({
        status: isPaused ? 'REJECT' : status,
        state: { type: isPaused ? 'PAUSED' : type },
      });
      expect(verdict.state?.state_details[LEASE] !== undefined).toBe(
        !isPaused && status === 'ACCEPT',
      );
    });

    test.each([
      [{ collision_strategy: 'ENQUEUE' }, 'SCHEDULED', 'AwaitingConcurrencySlot'],
      [{}, 'SCHEDULED', 'AwaitingConcurrencySlot'],
      [{ collision_strategy: 'CANCEL_NEW' }, 'CANCELLED', 'Cancelled'],
    ] as const)('a full one with %j', async (options, type, name) => {
      const { id: flowId } = await insertFlow(door.ctx);
      const limit = { name: `deployment:${newId()}`, limit: 1 };
      const { id: limitId } = await insertLimit(door.ctx, limit);
      const { id: deploymentId } = await insertDeployment(door.ctx, { flowId, limitId, options });
      const start = async () => {
        const state = stateOf('Scheduled past');
        const { flowRun } = await createFlowRun(door.ctx, { flowId, deploymentId, state });
        return { id: flowRun.id, verdict: await propose(flowRun.id, stateOf('Pending')) };
      };
      const first = await start();
      expect(first.verdict.status).toBe('ACCEPT');
      const second = await start();
      expect(second.verdict).toMatchObject({
        status: 'REJECT',
        details: { reason: FULL },
        state: { type, name },
      });
      await propose(first.id, stateOf('Crashed'));
      expect((await start()).verdict.status).toBe('ACCEPT');
    });
  });

  test.each([...STATE_TYPES.map((type) => LABELS[type]), 'Late'])(
    'EnsureOnlyScheduledFlowsMarkedLate: %s to Late',
    async (from) => {
      const id = await deployed(stateOf(from));
      const { status, state } = await propose(id, stateOf('Late'));
      const isMarked = from === LABELS.SCHEDULED;
      expect({ status, isLate: state?.name === 'Late' }).toEqual({
        status: isMarked ? 'ACCEPT' : 'REJECT',
        isLate: isMarked || from === 'Late',
      });
    },
  );

  describe('HandlePausingFlows', () => {
    const key = { pause_key: 'k' };
    test.each([
      ['Pending', 'Paused', {}, 'REJECT', 'Cannot pause flows that are not currently running.'],
      [
        'Pending',
        'Suspended',
        {},
        'REJECT',
        'Cannot suspend flows that are not currently running.',
      ],
      ['Running', 'Paused', key, 'ACCEPT', undefined],
      ['Running', 'Suspended', {}, 'ACCEPT', undefined],
      ['Cancelling', 'Paused', {}, 'REJECT', undefined],
    ] as const)('%s to %s %j: %s', async (from, to, details, status, reason) => {
      const id = await deployed(stateOf(from));
      const verdict = await propose(id, stateOf(to, details));
      expect(verdict.status).toBe(status);
      if (reason !== undefined) expect(verdict.details.reason).toBe(reason);
      const { empiricalPolicy } = await read(id);
      expect(pauseKeysOf(empiricalPolicy)).toHaveLength(status === 'ACCEPT' ? 1 : 0);
    });

    test('one key pauses once, another one once more', async () => {
      const id = await deployed(stateOf('Running'));
      for (const [pauseKey, status] of [
        ['a', 'ACCEPT'],
        ['a', 'REJECT'],
        ['b', 'ACCEPT'],
      ] as const) {
        const paused = await propose(id, stateOf('Paused', { pause_key: pauseKey }));
        expect([pauseKey, paused.status]).toEqual([pauseKey, status]);
        await propose(id, stateOf('Running'));
      }
    });

    test('neither a run without a deployment nor a subflow is suspended', async () => {
      const alone = await make(stateOf('Running'));
      expect(await propose(alone, stateOf('Suspended'))).toMatchObject({
        status: 'ABORT',
        details: { reason: 'Cannot suspend flows without a deployment.' },
      });
    });
  });

  describe('HandleResumingPausedFlows', () => {
    const over = { pause_timeout: '2020-01-01T00:00:00Z' };
    const judged = STATE_TYPES.filter((type) => type !== 'PAUSED');
    test.each(
      judged.flatMap((to) => ['Paused', 'Suspended'].map((from) => [from, LABELS[to]] as const)),
    )('%s, and out of time, to %s', async (from, to) => {
      const id = await deployed(stateOf(from, over));
      const { status, state } = await propose(id, stateOf(to));
      const stays = to === 'Pending';
      const isCancelling = to === 'Cancelling';
      // One that runs nowhere is cancelled by an earlier rule.
      const cancelled = from === 'Suspended' ? 'CANCELLED' : 'CANCELLING';
      expect({ status, type: state?.type }).toEqual({
        status: isCancelling && from === 'Paused' ? 'ACCEPT' : 'REJECT',
        type: stays ? 'PAUSED' : isCancelling ? cancelled : 'FAILED',
      });
    });

    test.each([
      ['Paused', 'Running', { resuming: true, pauses: 1, retry: null }],
      ['Paused', 'Scheduled past', { resuming: false, pauses: 0, retry: 'reschedule' }],
      ['Suspended', 'Resuming', { resuming: true, pauses: 1, retry: null }],
    ] as const)('%s to %s: %j', async (from, to, books) => {
      const id = await deployed(stateOf('Running'));
      await propose(id, stateOf(from, { pause_key: 'k' }));
      await propose(id, stateOf(to));
      const { empiricalPolicy } = await read(id);
      expect({
        resuming: empiricalPolicy['resuming'],
        pauses: pauseKeysOf(empiricalPolicy).length,
        retry: empiricalPolicy['retry_type'],
      }).toEqual(books);
    });
  });

  describe('CopyScheduledTime and WaitForScheduledTime', () => {
    test.each([
      [[], 'WAIT'],
      [['Pending'], 'WAIT'],
      [['Pending', 'Submitting'], 'WAIT'],
    ] as const)('a run that is due in an hour, after %j, waits', async (between, status) => {
      const id = await make(stateOf('Scheduled future'));
      for (const label of between) await propose(id, stateOf(label));
      const { status: given, details } = await propose(id, stateOf('Running'));
      expect(given).toBe(status);
      expect(details.delay_seconds).toBeGreaterThan(3590);
      expect(details.delay_seconds).toBeLessThanOrEqual(3600);
      expect(Number.isInteger(details.delay_seconds)).toBe(true);
    });

    test.each([
      [-60, 'ACCEPT'],
      [0.3, 'ACCEPT'],
      [5, 'WAIT'],
    ] as const)('a run that is due in %s s: %s', async (seconds, status) => {
      const id = await make(stateOf('Scheduled past', { scheduled_time: inSeconds(seconds) }));
      expect((await propose(id, stateOf('Running'))).status).toBe(status);
    });
  });

  describe('RetryFailedFlows', () => {
    test.each([
      [{}, 'Failed', null],
      [{ retries: 0 }, 'Failed', null],
      [{ retries: 1, retry_delay: 30 }, 'AwaitingRetry', 'in_process'],
      [{ max_retries: 2 }, 'AwaitingRetry', 'in_process'],
    ] as const)('with %j a first failure ends in %s', async (empiricalPolicy, name, retryType) => {
      const id = await deployed(stateOf('Pending'), { empiricalPolicy });
      await propose(id, stateOf('Running'));
      const data = { type: 'reference', storage_key: 'k' };
      const failure = { ...stateOf('Failed'), message: 'boom', data };
      const verdict = await propose(id, failure);
      expect(verdict).toMatchObject({
        status: name === 'Failed' ? 'ACCEPT' : 'REJECT',
        state: { name, message: 'boom', data },
      });
      expect((await read(id)).empiricalPolicy['retry_type']).toBe(retryType);
    });

    test('as often as the policy says, and not once more', async () => {
      const empiricalPolicy = { retries: 2, retry_delay: 0 };
      const id = await deployed(stateOf('Pending'), { empiricalPolicy });
      const names = [];
      for (let attempt = 0; attempt < 3; attempt += 1) {
        await propose(id, stateOf('Running'));
        names.push((await propose(id, stateOf('Failed'))).state?.name);
      }
      expect(names).toEqual(['AwaitingRetry', 'AwaitingRetry', 'Failed']);
      expect(await read(id)).toMatchObject({ runCount: 3, stateType: 'FAILED' });
    });
  });
});
