import { expect, test } from 'vitest';

import type { Context } from '#server/context.ts';
import { one, rows } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import { ingestEvents } from '#server/events/ingest.ts';
import { newId } from '#server/ids.ts';
import type { StateType } from '#server/orchestration/states.ts';
import { addSeconds, formatInstant, nowMicros, parseInstant } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { insertBareFlowRun } from '#tests/support/runs.ts';

const start = parseInstant('2026-01-01T12:00:00.000001Z') ?? nowMicros();

interface Report {
  readonly taskRunId: string;
  readonly flowRunId: string | null;
  readonly type: StateType;
  readonly atSecond: number;
  readonly dynamicKey?: string;
  readonly eventId?: string;
}

/** An event as Prefect's engine sends it when a task run enters a state. */
const report = ({
  taskRunId,
  flowRunId,
  type,
  atSecond,
  dynamicKey = '0',
  eventId = newId(),
}: Report) => ({
  id: eventId,
  occurred: formatInstant(addSeconds(start, atSecond)),
  event: `prefect.task-run.${type}`,
  resource: {
    'prefect.resource.id': `prefect.task-run.${taskRunId}`,
    'prefect.resource.name': 'add-0',
    'prefect.orchestration': 'client',
  },
  related:
    flowRunId === null
      ? []
      : [
          {
            'prefect.resource.id': `prefect.flow-run.${flowRunId}`,
            'prefect.resource.role': 'flow-run',
          },
        ],
  payload: {
    intended: { from: null, to: type },
    validated_state: {
      type,
      name: type,
      message: `entered ${type}`,
      state_details: { cache_key: 'k' },
    },
    task_run: {
      name: 'add-0',
      task_key: 'add-1234',
      dynamic_key: dynamicKey,
      run_count: atSecond,
      tags: ['a'],
      total_run_time: 1.5,
      empirical_policy: { retries: 2 },
    },
  },
});

interface StoredRun {
  readonly id: string;
  readonly stateType: StateType;
  readonly stateTimestamp: number;
  readonly runCount: number;
  readonly totalRunTime: number;
  readonly empiricalPolicy: unknown;
}

const readRun = statement<[id: string], StoredRun>('SELECT * FROM task_run WHERE id = ?');
const readStates = statement<
  [id: string],
  { readonly type: StateType; readonly stateDetails: unknown }
>('SELECT * FROM task_run_state WHERE task_run_id = ? ORDER BY timestamp');
const countResources = statement<[id: string], { readonly total: number }>(
  'SELECT count(*) AS total FROM event_resource WHERE resource_id = ?',
);

const stored = (ctx: Context, id: string) => ctx.db.read(() => one(readRun(id)));
const statesOf = async (ctx: Context, id: string) =>
  (await ctx.db.read(() => rows(readStates(id)))).map(({ type }) => type);

describeEachDatabase('the task run recorder', (db) => {
  test('an event without an id is refused, and with it the whole list', async () => {
    const { flowRunId } = await insertBareFlowRun(db.ctx);
    const good = report({ taskRunId: newId(), flowRunId, type: 'PENDING', atSecond: 0 });
    const { id: _id, ...bad } = report({
      taskRunId: newId(),
      flowRunId,
      type: 'PENDING',
      atSecond: 0,
    });
    await expect(ingestEvents(db.ctx, [good, bad])).rejects.toMatchObject({ code: 'INVALID' });
    expect(await stored(db.ctx, good.resource['prefect.resource.id'].slice(17))).toBeNull();
  });

  test('the newest report decides the run, in whatever order they arrive; every state is kept', async () => {
    const { flowRunId } = await insertBareFlowRun(db.ctx);
    const taskRunId = newId();
    const events = (['PENDING', 'RUNNING', 'COMPLETED'] as const).map((type, atSecond) =>
      report({ taskRunId, flowRunId, type, atSecond }),
    );
    for (const event of [events[2], events[0], events[1]]) await ingestEvents(db.ctx, [event]);
    expect(await stored(db.ctx, taskRunId)).toMatchObject({
      stateType: 'COMPLETED',
      stateTimestamp: start + 2_000_000,
      runCount: 2,
      totalRunTime: 1_500_000,
      empiricalPolicy: { retries: 2, retry_delay: null },
    });
    expect(await statesOf(db.ctx, taskRunId)).toEqual(['PENDING', 'RUNNING', 'COMPLETED']);
  });

  test('reports of one batch are taken together', async () => {
    const { flowRunId } = await insertBareFlowRun(db.ctx);
    const taskRunId = newId();
    await ingestEvents(
      db.ctx,
      (['COMPLETED', 'PENDING', 'RUNNING'] as const).map((type) =>
        report({
          taskRunId,
          flowRunId,
          type,
          atSecond: ['PENDING', 'RUNNING', 'COMPLETED'].indexOf(type),
        }),
      ),
    );
    expect(await stored(db.ctx, taskRunId)).toMatchObject({ stateType: 'COMPLETED' });
    expect(await statesOf(db.ctx, taskRunId)).toEqual(['PENDING', 'RUNNING', 'COMPLETED']);
  });

  test('a repeated event changes nothing', async () => {
    const { flowRunId } = await insertBareFlowRun(db.ctx);
    const taskRunId = newId();
    const event = report({ taskRunId, flowRunId, type: 'RUNNING', atSecond: 1 });
    await ingestEvents(db.ctx, [event, event]);
    await ingestEvents(db.ctx, [event]);
    expect(await statesOf(db.ctx, taskRunId)).toEqual(['RUNNING']);
    const found = await db.ctx.db.read(() => one(countResources(`prefect.task-run.${taskRunId}`)));
    expect(found?.total).toBe(1);
  });

  test('the same key within a flow run is the same run, under the id that came first', async () => {
    const { flowRunId } = await insertBareFlowRun(db.ctx);
    const [first, second] = [newId(), newId()];
    await ingestEvents(db.ctx, [
      report({ taskRunId: first, flowRunId, type: 'PENDING', atSecond: 0 }),
    ]);
    await ingestEvents(db.ctx, [
      report({ taskRunId: second, flowRunId, type: 'RUNNING', atSecond: 1 }),
    ]);
    expect(await stored(db.ctx, second)).toBeNull();
    expect(await stored(db.ctx, first)).toMatchObject({ stateType: 'RUNNING' });
    expect(await statesOf(db.ctx, first)).toEqual(['PENDING', 'RUNNING']);
  });

  test('a task run without a flow run is kept as well', async () => {
    const taskRunId = newId();
    await ingestEvents(db.ctx, [
      report({ taskRunId, flowRunId: null, type: 'RUNNING', atSecond: 0 }),
    ]);
    expect(await stored(db.ctx, taskRunId)).toMatchObject({ stateType: 'RUNNING' });
  });

  test('a report about a flow run that is gone does not hold up the others', async () => {
    const { flowRunId } = await insertBareFlowRun(db.ctx);
    const [lost, kept] = [newId(), newId()];
    await ingestEvents(db.ctx, [
      report({ taskRunId: lost, flowRunId: newId(), type: 'RUNNING', atSecond: 0 }),
      report({ taskRunId: kept, flowRunId, type: 'RUNNING', atSecond: 0 }),
    ]);
    expect(await stored(db.ctx, lost)).toBeNull();
    expect(await stored(db.ctx, kept)).not.toBeNull();
  });

  test('listeners of the flow run hear of its task runs', async () => {
    const { flowRunId } = await insertBareFlowRun(db.ctx);
    const heard = new Set<string>();
    const stop = db.ctx.bus.subscribe('task-run', ({ key }) => heard.add(key));
    await ingestEvents(db.ctx, [
      report({ taskRunId: newId(), flowRunId, type: 'RUNNING', atSecond: 0 }),
    ]);
    stop();
    expect(heard).toContain(flowRunId);
  });

  test('a burst of 3,000 reports is stored whole', async () => {
    const { flowRunId } = await insertBareFlowRun(db.ctx);
    const reports = Array.from({ length: 1000 }, (_, index) => ({
      taskRunId: newId(),
      dynamicKey: `n${index}`,
    }));
    await ingestEvents(
      db.ctx,
      reports.flatMap((item) =>
        (['PENDING', 'RUNNING', 'COMPLETED'] as const).map((type, atSecond) =>
          report({ ...item, flowRunId, type, atSecond }),
        ),
      ),
    );
    const completed = statement<[id: string], { readonly total: number }>(
      "SELECT count(*) AS total FROM task_run WHERE flow_run_id = ? AND state_type = 'COMPLETED'",
    );
    expect((await db.ctx.db.read(() => one(completed(flowRunId))))?.total).toBe(1000);
  });
});
