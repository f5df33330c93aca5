import { expect, test } from 'vitest';

import { bulkSetFlowRunState } from '#server/commands/flow-run/bulk-set-flow-run-state.ts';
import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { createFlowRunInput, readFlowRunInput } from '#server/commands/flow-run/flow-run-inputs.ts';
import { type RunInputRules, resumeFlowRun } from '#server/commands/flow-run/resume-flow-run.ts';
import {
  cancelFlowRun,
  retryFlowRun,
  suspendFlowRun,
} from '#server/commands/flow-run/steer-flow-run.ts';
import type { JsonObject } from '#server/json.ts';
import { failed, pending, running, scheduled } from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import type { ProposedState } from '#server/orchestration/states.ts';
import { nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { insertDeployment, insertFlow } from '#tests/support/orchestration.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

/** Takes every input as it is, if it has the number that the schema asks for. */
const rules: RunInputRules = {
  // oxlint-disable-next-line require-yield -- there is nothing to look up
  hydrate: function* (input) {
    return 'broken' in input
      ? { kind: 'refused', reason: 'no such thing' }
      : { kind: 'ready', value: input };
  },
  fault: (input) => (typeof input['n'] === 'number' ? null : 'Reason: n is missing'),
};

const keyset = { schema: 'p-schema', response: 'p-response' };

const pause = (details: JsonObject = {}): ProposedState => ({
  ...running(),
  type: 'PAUSED',
  name: 'Paused',
  details,
});

describeEachDatabase('steering a flow run', (db) => {
  const make = async (state: ProposedState, hasDeployment = false) => {
    const flow = await insertFlow(db.ctx);
    const deployment = hasDeployment ? await insertDeployment(db.ctx, { flowId: flow.id }) : null;
    const { flowRun } = await createFlowRun(db.ctx, {
      flowId: flow.id,
      deploymentId: deployment?.id ?? null,
      state,
    });
    return flowRun.id;
  };

  const pausedForInput = async () => {
    const flowRunId = await make(running());
    const proposed = pause({ pause_key: 'p', run_input_keyset: keyset });
    await setFlowRunState(db.ctx, { flowRunId, proposed });
    return flowRunId;
  };

  test('an unknown run cannot be resumed, cancelled or retried', async () => {
    const gone = { code: 'NOT_FOUND' };
    const unknown = { flowRunId: UNKNOWN };
    await expect(resumeFlowRun(db.ctx, { ...unknown, rules })).rejects.toMatchObject(gone);
    await expect(cancelFlowRun(db.ctx, unknown)).rejects.toMatchObject(gone);
    await expect(retryFlowRun(db.ctx, unknown)).rejects.toMatchObject(gone);
  });

  test('a run that is not paused cannot be resumed', async () => {
    const flowRunId = await make(running());
    expect(await resumeFlowRun(db.ctx, { flowRunId, rules })).toMatchObject({
      status: 'ABORT',
      state: null,
      details: {
        type: 'abort_details',
        reason: 'Cannot resume a flow run that is not paused.',
      },
    });
  });

  test.each([
    ['its schema is missing', null, { n: 1 }, 'Run input schema not found.'],
    ['its schema is no JSON', '{', { n: 1 }, 'Run input schema is not valid JSON.'],
    ['it cannot be filled in', '{}', { broken: 1 }, 'Error hydrating run input: no such thing'],
    ['it does not fit', '{}', {}, 'Reason: n is missing'],
  ])('input is refused when %s', async (_case, schema, runInput, reason) => {
    const flowRunId = await pausedForInput();
    if (schema !== null) {
      await createFlowRunInput(db.ctx, { flowRunId, key: 'p-schema', value: schema });
    }
    expect(await resumeFlowRun(db.ctx, { flowRunId, runInput, rules })).toMatchObject({
      status: 'REJECT',
      state: { type: 'PAUSED' },
      details: { type: 'abort_details', reason },
    });
    expect(await readFlowRunInput(db.ctx, { flowRunId, key: 'p-response' })).toBeNull();
  });

  test('input that fits is stored and the run goes on', async () => {
    const flowRunId = await pausedForInput();
    await createFlowRunInput(db.ctx, { flowRunId, key: 'p-schema', value: '{}' });
    const runInput = { n: 5 };
    expect(await resumeFlowRun(db.ctx, { flowRunId, runInput, rules })).toMatchObject({
      status: 'ACCEPT',
      state: { type: 'RUNNING' },
    });
    const stored = await readFlowRunInput(db.ctx, { flowRunId, key: 'p-response' });
    expect(stored?.value).toBe('{"n":5}');
  });

  test('a pause removes what an earlier attempt was given', async () => {
    const flowRunId = await make(running());
    await createFlowRunInput(db.ctx, { flowRunId, key: 'p-response', value: '{"old":true}' });
    await createFlowRunInput(db.ctx, { flowRunId, key: 'other', value: '1' });
    const proposed = pause({ run_input_keyset: keyset });
    await setFlowRunState(db.ctx, { flowRunId, proposed });
    expect(await readFlowRunInput(db.ctx, { flowRunId, key: 'p-response' })).toBeNull();
    expect(await readFlowRunInput(db.ctx, { flowRunId, key: 'other' })).not.toBeNull();
  });

  test('a suspended run is scheduled again when it is resumed', async () => {
    const flowRunId = await make(running(), true);
    expect(await suspendFlowRun(db.ctx, { flowRunId, message: 'later' })).toMatchObject({
      status: 'ACCEPT',
      state: { name: 'Suspended', message: 'later', details: { pause_reschedule: true } },
    });
    expect(await resumeFlowRun(db.ctx, { flowRunId, rules })).toMatchObject({
      status: 'ACCEPT',
      state: { type: 'SCHEDULED', name: 'Resuming' },
    });
  });

  test('a run that runs nowhere is cancelled at once, another one is asked to end', async () => {
    const waiting = await make(scheduled({ at: nowMicros() }));
    expect(await cancelFlowRun(db.ctx, { flowRunId: waiting })).toMatchObject({
      state: { type: 'CANCELLED' },
    });
    const live = await make(running());
    expect(await cancelFlowRun(db.ctx, { flowRunId: live, message: 'stop' })).toMatchObject({
      status: 'ACCEPT',
      state: { type: 'CANCELLING', message: 'stop' },
    });
  });

  test('only a run that has ended can be retried', async () => {
    const flowRunId = await make(running(), true);
    await expect(retryFlowRun(db.ctx, { flowRunId })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('a run without a deployment cannot be retried from here', async () => {
    const flowRunId = await make(failed('boom'));
    expect(await retryFlowRun(db.ctx, { flowRunId })).toMatchObject({ status: 'ABORT' });
  });

  test('a run of a deployment that failed is scheduled once more', async () => {
    const flowRunId = await make(failed('boom'), true);
    expect(await retryFlowRun(db.ctx, { flowRunId })).toMatchObject({
      status: 'ACCEPT',
      state: { type: 'SCHEDULED', name: 'AwaitingRetry' },
      run: { empiricalPolicy: { retry_type: 'reschedule' } },
    });
  });

  test('what goes wrong with one of many concerns that one alone', async () => {
    const flowRunIds = [await make(pending()), UNKNOWN, await make(running())];
    const proposed = pending();
    const results = await bulkSetFlowRunState(db.ctx, { flowRunIds, proposed, force: true });
    expect(results).toMatchObject([
      { flowRunId: flowRunIds[0], status: 'ACCEPT' },
      { flowRunId: UNKNOWN, status: 'ABORT', state: null },
      { flowRunId: flowRunIds[2], status: 'ACCEPT' },
    ]);
  });
});
