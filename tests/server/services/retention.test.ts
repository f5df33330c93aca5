import { expect, test } from 'vitest';

import { createArtifact } from '#server/commands/artifact/artifact-commands.ts';
import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { createLogs } from '#server/commands/log/create-logs.ts';
import { createTaskRun } from '#server/commands/task-run/create-task-run.ts';
import { one, run } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import { ingestEvents } from '#server/events/ingest.ts';
import { newId } from '#server/ids.ts';
import { failed, pending, running } from '#server/orchestration/proposals.ts';
import type { ProposedState } from '#server/orchestration/states.ts';
import { listServices } from '#server/services/index.ts';
import { eventVacuum, flowRunVacuum, orphanVacuum } from '#server/services/vacuum.ts';
import { withSettings } from '#server/settings.ts';
import { type Micros, addSeconds, formatInstant, nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { insertFlow } from '#tests/support/orchestration.ts';

const DAY = 86_400;

const ageRun = statement<[end: Micros, id: string]>(
  'UPDATE flow_run SET end_time = ? WHERE id = ?',
);
const left = statement<
  [id: string, ofLogs: string, ofArtifacts: string, ofTasks: string],
  {
    readonly runs: number;
    readonly logs: number;
    readonly artifacts: number;
    readonly tasks: number;
  }
>(
  `SELECT (SELECT count(*) FROM flow_run WHERE id = ?) AS runs,
     (SELECT count(*) FROM log WHERE flow_run_id = ?) AS logs,
     (SELECT count(*) FROM artifact WHERE flow_run_id = ?) AS artifacts,
     (SELECT count(*) FROM task_run WHERE flow_run_id = ?) AS tasks`,
);
const collectionOf = statement<[key: string], { readonly flowRunId: string }>(
  'SELECT flow_run_id FROM artifact_collection WHERE "key" = ?',
);

describeEachDatabase('Retention', (db) => {
  const create = async (
    state: ProposedState,
    parentTaskRunId: string | null = null,
  ): Promise<string> => {
    const { id: flowId } = await insertFlow(db.ctx);
    return (await createFlowRun(db.ctx, { flowId, state, parentTaskRunId })).flowRun.id;
  };
  const leave = async (flowRunId: string, key = `key-${newId()}`): Promise<void> => {
    const line = { name: 'a', level: 20, message: 'm', timestamp: nowMicros(), taskRunId: null };
    await createLogs(db.ctx, [{ ...line, flowRunId }]);
    await createArtifact(db.ctx, { key, flowRunId, data: 1 });
  };
  const age = (id: string, days: number) =>
    db.ctx.db.write(() => run(ageRun(addSeconds(nowMicros(), -days * DAY), id)));
  const leftOf = (id: string) => db.ctx.db.read(() => one(left(id, id, id, id)));
  const GONE = { runs: 0, logs: 0, artifacts: 0, tasks: 0 };
  const STAYS = { runs: 1, logs: 1, artifacts: 1 };

  test('of flow runs and orphans is off unless the settings ask for it; that of events is on', () => {
    const isOn = (parts: readonly ('events' | 'flow_runs' | 'orphans')[]) => {
      const settings = withSettings(db.ctx.settings, { services: { vacuum: { parts } } });
      return listServices()
        .filter(({ name, isEnabled }) => name.endsWith('-vacuum') && isEnabled(settings))
        .map(({ name }) => name);
    };
    expect(isOn(db.ctx.settings.services.vacuum.parts)).toEqual(['journal-vacuum', 'event-vacuum']);
    expect(isOn(['flow_runs'])).toEqual(['journal-vacuum', 'flow-run-vacuum', 'orphan-vacuum']);
    expect(isOn(['orphans'])).toEqual(['journal-vacuum', 'orphan-vacuum']);
  });

  test('leaves runs that are young, under way, or subflows of one that stays', async () => {
    const young = await create(failed('x'));
    await age(young, 89);
    const underWay = await create(running());
    const made = await createTaskRun(db.ctx, {
      flowRunId: underWay,
      taskKey: 't',
      dynamicKey: '0',
      state: pending(),
    });
    const subflow = await create(failed('x'), made.taskRun.id);
    await age(subflow, 91);
    for (const id of [young, underWay, subflow]) await leave(id);
    expect(await flowRunVacuum.runOnce(db.ctx)).toEqual({ flowRuns: 0 });
    for (const id of [young, underWay, subflow]) expect(await leftOf(id)).toMatchObject(STAYS);
  });

  test('removes old runs with all that is theirs, their subflows after them', async () => {
    const old = await create(failed('x'));
    const made = await createTaskRun(db.ctx, {
      flowRunId: old,
      taskKey: 't',
      dynamicKey: '0',
      state: pending(),
    });
    const subflow = await create(failed('x'), made.taskRun.id);
    for (const id of [old, subflow]) {
      await age(id, 91);
      await leave(id);
    }
    expect(await flowRunVacuum.runOnce(db.ctx)).toEqual({ flowRuns: 1 });
    expect(await leftOf(old)).toEqual(GONE);
    expect(await leftOf(subflow)).toMatchObject(STAYS);
    expect(await flowRunVacuum.runOnce(db.ctx)).toEqual({ flowRuns: 1 });
    expect(await leftOf(subflow)).toEqual(GONE);
  });

  test('goes on batch by batch until nothing old is left', async () => {
    const settings = withSettings(db.ctx.settings, { services: { vacuum: { batchSize: 7 } } });
    const runs = await Promise.all(Array.from({ length: 30 }, () => create(failed('x'))));
    for (const id of runs) await age(id, 91);
    expect(await flowRunVacuum.runOnce({ ...db.ctx, settings })).toEqual({ flowRuns: 30 });
  });

  test('removes logs and artifacts of runs that are gone, and gives a key its artifact before', async () => {
    const stays = await create(failed('x'));
    await leave(stays, 'shared');
    const gone = [newId(), newId()];
    for (const id of gone) await leave(id, 'shared');
    const settings = withSettings(db.ctx.settings, { services: { vacuum: { batchSize: 2 } } });
    expect(await orphanVacuum.runOnce({ ...db.ctx, settings })).toEqual({
      runsWithLogs: 2,
      artifacts: 2,
    });
    expect(await leftOf(stays)).toMatchObject(STAYS);
    for (const id of gone) expect(await leftOf(id)).toEqual(GONE);
    const collection = await db.ctx.db.read(() => one(collectionOf('shared')));
    expect(collection).toEqual({ flowRunId: stays });
  });

  test('keeps events of some names for a shorter time, never for a longer one', async () => {
    const event = (name: string, daysAgo: number) => ({
      id: newId(),
      occurred: formatInstant(addSeconds(nowMicros(), -daysAgo * DAY)),
      event: name,
      resource: { 'prefect.resource.id': 'thing.1' },
    });
    await ingestEvents(db.ctx, [
      event('brief', 2),
      event('brief', 0.5),
      event('other', 2),
      event('long', 8),
    ]);
    const settings = withSettings(db.ctx.settings, {
      services: { vacuum: { eventRetentionOverridesSeconds: { brief: DAY, long: 30 * DAY } } },
    });
    expect(await eventVacuum.runOnce({ ...db.ctx, settings })).toEqual({ events: 2 });
    expect(await eventVacuum.runOnce({ ...db.ctx, settings })).toEqual({ events: 0 });
  });
});
