import { expect, test } from 'vitest';

import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { deleteFlowRun, deleteFlowRuns } from '#server/commands/flow-run/delete-flow-run.ts';
import {
  createFlowRunInput,
  deleteFlowRunInput,
  filterFlowRunInputs,
  readFlowRunInput,
} from '#server/commands/flow-run/flow-run-inputs.ts';
import { updateFlowRun, updateFlowRunLabels } from '#server/commands/flow-run/update-flow-run.ts';
import { run } from '#server/db/script.ts';
import { ServerError } from '#server/errors.ts';
import { pending, scheduled } from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import type { ProposedState } from '#server/orchestration/states.ts';
import { nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { insertDeployment, insertFlow, readStateNames } from '#tests/support/orchestration.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

describeEachDatabase('changing a flow run', (db) => {
  const make = async (state: ProposedState = pending(), hasDeployment = false) => {
    const flow = await insertFlow(db.ctx);
    const deployment = hasDeployment ? await insertDeployment(db.ctx, { flowId: flow.id }) : null;
    const { flowRun } = await createFlowRun(db.ctx, {
      flowId: flow.id,
      deploymentId: deployment?.id ?? null,
      state,
    });
    return flowRun.id;
  };

  test('an unknown run cannot be changed or removed', async () => {
    const unknown = { flowRunId: UNKNOWN };
    const gone = { code: 'NOT_FOUND', message: 'Flow run not found' };
    await expect(updateFlowRun(db.ctx, { ...unknown, name: 'x' })).rejects.toMatchObject(gone);
    const labels = updateFlowRunLabels(db.ctx, { ...unknown, labels: {} });
    await expect(labels).rejects.toMatchObject(gone);
    await expect(deleteFlowRun(db.ctx, unknown)).rejects.toMatchObject(gone);
    const input = createFlowRunInput(db.ctx, { ...unknown, key: 'k', value: 'v' });
    await expect(input).rejects.toMatchObject(gone);
  });

  test('job variables stay as they are once the run is not scheduled any more', async () => {
    const flowRunId = await make(pending(), true);
    const late = updateFlowRun(db.ctx, { flowRunId, jobVariables: { a: 1 } });
    await expect(late).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: 'Job variables for a flow run in state PENDING cannot be updated',
    });
  });

  test('job variables are for the runs of deployments', async () => {
    const flowRunId = await make(scheduled({ at: nowMicros() }));
    const refused = updateFlowRun(db.ctx, { flowRunId, jobVariables: { a: 1 } });
    await expect(refused).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: 'A deployment for the flow run could not be found',
    });
  });

  test('job variables that do not fit change nothing', async () => {
    const flowRunId = await make(scheduled({ at: nowMicros() }), true);
    const refused = updateFlowRun(db.ctx, {
      flowRunId,
      name: 'renamed',
      jobVariables: { a: 1 },
      // oxlint-disable-next-line require-yield -- it refuses before it would ask anything
      checkJobVariables: function* () {
        throw new ServerError('INVALID', 'no');
      },
    });
    await expect(refused).rejects.toMatchObject({ code: 'INVALID' });
    expect((await updateFlowRun(db.ctx, { flowRunId })).name).not.toBe('renamed');
  });

  test('only what is given changes', async () => {
    const flowRunId = await make(scheduled({ at: nowMicros() }), true);
    const changed = await updateFlowRun(db.ctx, {
      flowRunId,
      name: 'renamed',
      tags: ['z'],
      parameters: { p: 2 },
      flowVersion: 'v2',
      infrastructurePid: 'pid:1',
      jobVariables: { a: 1 },
      empiricalPolicy: { retries: 1, pause_keys: ['k'] },
    });
    expect(changed).toMatchObject({
      name: 'renamed',
      tags: ['z'],
      parameters: { p: 2 },
      flowVersion: 'v2',
      infrastructurePid: 'pid:1',
      jobVariables: { a: 1 },
      empiricalPolicy: { retries: 1, pause_keys: ['k'], resuming: false },
    });
    const same = await updateFlowRun(db.ctx, { flowRunId });
    expect({ ...same, updated: changed.updated }).toEqual(changed);
  });

  test('labels are laid over those that are there', async () => {
    const flowRunId = await make();
    await updateFlowRunLabels(db.ctx, { flowRunId, labels: { a: 1, b: 'x' } });
    const { labels } = await updateFlowRunLabels(db.ctx, { flowRunId, labels: { a: 2 } });
    expect(labels).toMatchObject({ 'prefect.flow.id': expect.any(String), a: 2, b: 'x' });
  });

  test('a removed run takes its states and logs with it', async () => {
    const flowRunId = await make();
    const now = nowMicros();
    const log = { created: now, name: 'n', level: 20, flowRunId, message: 'm', timestamp: now };
    await db.ctx.db.write(() => run(db.ctx.db.builder.insertInto('log').values(log)));
    await deleteFlowRun(db.ctx, { flowRunId });
    expect(await readStateNames(db.ctx, flowRunId)).toEqual([]);
    await expect(setFlowRunState(db.ctx, { flowRunId, proposed: pending() })).rejects.toMatchObject(
      { code: 'NOT_FOUND' },
    );
  });

  test('of several that are to be removed the unknown ones are left out', async () => {
    const [first, second] = [await make(), await make()];
    const flowRunIds = [second, UNKNOWN, first];
    expect(await deleteFlowRuns(db.ctx, { flowRunIds })).toEqual([second, first]);
  });

  test('an input has a key of its own', async () => {
    const flowRunId = await make();
    const input = { flowRunId, key: 'greet-1', value: 'hello' };
    await createFlowRunInput(db.ctx, input);
    await expect(createFlowRunInput(db.ctx, input)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'A flow run input with this key already exists.',
    });
    const badKey = createFlowRunInput(db.ctx, { ...input, key: 'Bad Key' });
    await expect(badKey).rejects.toMatchObject({ code: 'INVALID' });
  });

  test('inputs are found by the beginning of their keys, oldest first', async () => {
    const flowRunId = await make();
    for (const key of ['greet-2', 'greet-1', 'other', 'greet-3']) {
      await createFlowRunInput(db.ctx, { flowRunId, key, value: key, sender: 's' });
    }
    const found = await filterFlowRunInputs(db.ctx, {
      flowRunId,
      prefix: 'greet',
      limit: 2,
      excludeKeys: ['greet-2'],
    });
    expect(found.map(({ key }) => key)).toEqual(['greet-1', 'greet-3']);
  });

  test('an input can be read and removed once', async () => {
    const flowRunId = await make();
    const input = { flowRunId, key: 'k' };
    await createFlowRunInput(db.ctx, { ...input, value: 'v' });
    expect(await readFlowRunInput(db.ctx, input)).toMatchObject({ value: 'v', sender: null });
    await deleteFlowRunInput(db.ctx, input);
    expect(await readFlowRunInput(db.ctx, input)).toBeNull();
    await expect(deleteFlowRunInput(db.ctx, input)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'Flow run input not found',
    });
  });
});
