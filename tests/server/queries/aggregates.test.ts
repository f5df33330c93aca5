import { beforeAll, expect, test } from 'vitest';

import { readFlowRunPoints } from '#server/queries/flow-run/flow-run-points.ts';
import { selectFlowRuns } from '#server/queries/flow-run/flow-run-selection.ts';
import { readNextRunsByFlow } from '#server/queries/flow-run/next-runs-by-flow.ts';
import {
  averageLatenessSeconds,
  countByStateType,
  runHistory,
} from '#server/queries/run-history.ts';
import { readObservedStates } from '#server/queries/state/read-observed-states.ts';
import { countEndedTaskRuns } from '#server/queries/task-run/count-ended-task-runs.ts';
import { countTaskRunsByFlowRun } from '#server/queries/task-run/count-task-runs-by-flow-run.ts';
import { filterTaskRuns } from '#server/queries/task-run/filter-task-runs.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

import { at, insertFlow, insertFlowRun, insertTaskRun } from './rows.ts';

describeEachDatabase('Aggregates', (db) => {
  let flowId = '';
  let first = '';

  beforeAll(async () => {
    flowId = await insertFlow(db.ctx, { name: 'f' });
    first = await insertFlowRun(db.ctx, {
      flowId,
      state: { type: 'COMPLETED', name: 'Completed' },
      expected: at(0),
      start: at(4),
      end: at(10),
      totalRunTime: 6_000_000,
    });
    await insertFlowRun(db.ctx, {
      flowId,
      state: { type: 'COMPLETED', name: 'Completed' },
      expected: at(59.999999),
      start: at(58),
      totalRunTime: 2_500_000,
    });
    await insertFlowRun(db.ctx, {
      flowId,
      state: { type: 'FAILED', name: 'Failed' },
      expected: at(60),
      start: at(60),
    });
  });

  test('a window that ends before it starts has no intervals', async () => {
    const window = { start: at(60), end: at(60), intervalSeconds: 60 };
    expect(await runHistory(db.ctx, selectFlowRuns(db.ctx, {}), window)).toEqual([]);
  });

  test('a history has at most 500 intervals', async () => {
    const window = { start: at(0), end: at(10_000), intervalSeconds: 1 };
    expect(await runHistory(db.ctx, selectFlowRuns(db.ctx, {}), window)).toHaveLength(500);
  });

  test('runs are counted in the interval of their expected start, empty intervals included', async () => {
    const window = { start: at(0), end: at(150), intervalSeconds: 60 };
    const history = await runHistory(db.ctx, selectFlowRuns(db.ctx, {}), window);
    expect(history).toEqual([
      {
        start: at(0),
        end: at(60),
        states: [
          {
            type: 'COMPLETED',
            name: 'Completed',
            count: 2,
            sumEstimatedRunTimeSeconds: 8.5,
            sumEstimatedLatenessSeconds: 4,
          },
        ],
      },
      {
        start: at(60),
        end: at(120),
        states: [
          {
            type: 'FAILED',
            name: 'Failed',
            count: 1,
            sumEstimatedRunTimeSeconds: 0,
            sumEstimatedLatenessSeconds: 0,
          },
        ],
      },
      { start: at(120), end: at(180), states: [] },
    ]);
  });

  test('the mean lateness counts punctual runs as zero, and is null without runs', async () => {
    const lateness = averageLatenessSeconds(db.ctx, selectFlowRuns(db.ctx, {}));
    expect(await lateness).toBeCloseTo(4 / 3, 6);
    const none = selectFlowRuns(db.ctx, { id: { in: [] } });
    expect(await averageLatenessSeconds(db.ctx, none)).toBeNull();
  });

  test('every state type is counted, be it zero', async () => {
    const counts = await countByStateType(db.ctx, selectFlowRuns(db.ctx, {}));
    expect(counts).toMatchObject({ COMPLETED: 2, FAILED: 1, RUNNING: 0, CANCELLING: 0 });
    expect(Object.keys(counts)).toHaveLength(9);
  });

  test('points carry duration and lateness', async () => {
    const points = await readFlowRunPoints(db.ctx, {
      filter: { id: { in: [first] } },
      sort: 'ID_DESC',
      page: { limit: 1, offset: 0 },
    });
    expect(points).toEqual([
      {
        id: first,
        stateType: 'COMPLETED',
        timestamp: at(4),
        durationSeconds: 6,
        latenessSeconds: 4,
      },
    ]);
  });

  test('the next run of each flow is the scheduled one that comes first', async () => {
    await insertFlowRun(db.ctx, { flowId, state: { type: 'SCHEDULED' }, next: at(300), name: 'b' });
    await insertFlowRun(db.ctx, { flowId, state: { type: 'SCHEDULED' }, next: at(200), name: 'a' });
    const next = await readNextRunsByFlow(db.ctx, [flowId, first]);
    expect(next.get(flowId)).toMatchObject({ name: 'a', nextScheduledStartTime: at(200) });
    expect(next.size).toBe(1);
  });

  test('task runs are counted per flow run without those that stand for a subflow', async () => {
    await insertTaskRun(db.ctx, { flowRunId: first, state: { type: 'COMPLETED' }, start: at(61) });
    const parentTaskRunId = await insertTaskRun(db.ctx, {
      flowRunId: first,
      state: { type: 'FAILED' },
      start: at(119),
      totalRunTime: 5,
      name: 'longest',
    });
    await insertFlowRun(db.ctx, { flowId, parentTaskRunId });
    expect(await countTaskRunsByFlowRun(db.ctx, [first, flowId])).toEqual(new Map([[first, 1]]));
    const ended = await countEndedTaskRuns(db.ctx, { filter: {}, after: at(65), before: at(70) });
    expect(ended).toHaveLength(20);
    expect(ended[0]).toEqual({ completed: 1, failed: 0 });
    expect(ended[19]).toEqual({ completed: 0, failed: 1 });
    const [longest] = await filterTaskRuns(db.ctx, {
      filter: {},
      sort: 'DURATION_DESC',
      page: { limit: 1, offset: 0 },
    });
    expect(longest?.name).toBe('longest');
  });

  test('observed states are found by the start of their kind or name', async () => {
    const find = (query: string | null) =>
      readObservedStates(db.ctx, { query, sort: 'NAME_ASC', limit: 200 });
    expect((await find(' comp ')).map((state) => state.name)).toEqual(['Completed']);
    expect(await find('%')).toEqual([]);
    expect((await find(null)).map((state) => state.type)).toEqual([
      'COMPLETED',
      'FAILED',
      'SCHEDULED',
    ]);
  });
});
