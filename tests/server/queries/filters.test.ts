import { beforeAll, expect, test } from 'vitest';

import { filterDeployments } from '#server/queries/deployment/filter-deployments.ts';
import type { FlowRunFilter } from '#server/queries/filter-types.ts';
import { countFlowRuns, filterFlowRuns } from '#server/queries/flow-run/filter-flow-runs.ts';
import { readFlowRun } from '#server/queries/flow-run/read-flow-run.ts';
import { filterFlows } from '#server/queries/flow/filter-flows.ts';
import { filterLogs } from '#server/queries/log/filter-logs.ts';
import { filterTaskRuns } from '#server/queries/task-run/filter-task-runs.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

import {
  T0,
  at,
  insertDeployment,
  insertFlow,
  insertFlowRun,
  insertLog,
  insertSchedule,
  insertTaskRun,
  insertWorkPool,
} from './rows.ts';

const PAGE = { limit: 50, offset: 0 };

describeEachDatabase('Filters', (db) => {
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    const { ctx } = db;
    const daily = await insertFlow(ctx, { name: 'Daily report', tags: ['prod', 'etl'] });
    const idle = await insertFlow(ctx, { name: 'idle', tags: [] });
    const { queueId } = await insertWorkPool(ctx, { name: 'pool-a' });
    const deployment = await insertDeployment(ctx, {
      flowId: daily,
      name: 'nightly',
      workQueueId: queueId,
      tags: ['prod'],
    });
    const done = await insertFlowRun(ctx, {
      flowId: daily,
      name: 'crimson-fox',
      deploymentId: deployment,
      workQueueId: queueId,
      workQueueName: 'default',
      tags: ['prod', 'etl'],
      state: { type: 'COMPLETED', name: 'Completed' },
      expected: at(0),
      start: at(5),
      end: at(15),
      createdBy: { id: deployment, type: 'DEPLOYMENT' },
      idempotencyKey: 'key-1',
    });
    const parentTask = await insertTaskRun(ctx, {
      flowRunId: done,
      name: 'sub',
      tags: ['t'],
      state: { type: 'COMPLETED' },
      start: at(6),
    });
    const sub = await insertFlowRun(ctx, {
      flowId: daily,
      name: 'blue_owl',
      parentTaskRunId: parentTask,
      state: { type: 'FAILED', name: 'Failed' },
      tags: ['etl'],
      expected: at(10),
      start: at(10),
      end: at(20),
    });
    const late = await insertFlowRun(ctx, {
      flowId: daily,
      name: 'waiting',
      state: { type: 'SCHEDULED', name: 'Late' },
      expected: at(30),
      next: at(30),
    });
    const bare = await insertTaskRun(ctx, { name: 'alone', state: { type: 'RUNNING' } });
    await insertLog(ctx, {
      flowRunId: done,
      message: 'Disk 100% full',
      level: 40,
      timestamp: at(7),
    });
    await insertLog(ctx, {
      flowRunId: done,
      message: 'started Ünïcode',
      level: 20,
      timestamp: at(6),
    });
    await insertLog(ctx, {
      taskRunId: parentTask,
      message: 'disk fine',
      level: 10,
      timestamp: at(8),
    });
    Object.assign(ids, { daily, idle, deployment, done, sub, late, parentTask, bare, queueId });
  });

  const names = async (filter: FlowRunFilter): Promise<readonly string[]> => {
    const runs = await filterFlowRuns(db.ctx, {
      filter,
      sort: 'EXPECTED_START_TIME_ASC',
      page: PAGE,
    });
    expect(await countFlowRuns(db.ctx, { filter })).toBe(runs.length);
    return runs.map((run) => run.name);
  };

  const DONE = 'crimson-fox';
  const SUB = 'blue_owl';
  const LATE = 'waiting';

  test.each<[string, FlowRunFilter, readonly string[]]>([
    ['an empty list of ids admits nothing', { id: { in: [] } }, []],
    ['an empty list of unwanted ids is ignored', { id: { notIn: [] } }, [DONE, SUB, LATE]],
    ['no criteria admit everything', {}, [DONE, SUB, LATE]],
    ['an empty `any` of tags admits nothing', { tags: { any: [] } }, []],
    ['an empty `all` of tags is ignored', { tags: { all: [] } }, [DONE, SUB, LATE]],
    ['all tags must be there', { tags: { all: ['etl', 'prod'] } }, [DONE]],
    ['one of the tags must be there', { tags: { any: ['etl', 'nowhere'] } }, [DONE, SUB]],
    ['runs without tags', { tags: { isEmpty: true } }, [LATE]],
    ['runs with tags', { tags: { isEmpty: false } }, [DONE, SUB]],
    ['a name contains a text in any case', { name: { like: 'CRIM' } }, [DONE]],
    ['`_` is a wildcard of like', { name: { like: 'crimson_fox' } }, [DONE]],
    ['an empty like is ignored', { name: { like: '' } }, [DONE, SUB, LATE]],
    ['a name is one of several', { name: { in: [DONE, LATE] } }, [DONE, LATE]],
    [
      'wanted and unwanted state types hold together',
      { state: { type: { in: ['FAILED', 'COMPLETED'], notIn: ['FAILED'] } } },
      [DONE],
    ],
    ['a state name', { state: { name: { in: ['Late'] } } }, [LATE]],
    ['a start range falls back on the expected start', { startTime: { after: at(30) } }, [LATE]],
    [
      'both ends of a range belong to it',
      { startTime: { after: at(5), before: at(10) } },
      [DONE, SUB],
    ],
    ['a missing start is not replaced', { startTime: { isNull: true } }, [LATE]],
    ['runs of deployments', { deploymentId: { isNull: false } }, [DONE]],
    ['runs without a queue', { workQueueName: { isNull: true } }, [SUB, LATE]],
    ['who made it, by type', { createdBy: { type: { in: ['DEPLOYMENT'] } } }, [DONE]],
    ['made by nobody', { createdBy: { isNull: true } }, [SUB, LATE]],
    ['an idempotency key', { idempotencyKey: { in: ['key-1'] } }, [DONE]],
    ['the flow has a name', { flow: { name: { in: ['idle'] } } }, []],
    ['the deployment has a tag', { deployment: { tags: { all: ['prod'] } } }, [DONE]],
    ['the work pool has a name', { workPool: { name: { in: ['pool-a'] } } }, [DONE]],
    ['the work queue starts with a text', { workQueue: { name: { startsWith: ['def'] } } }, [DONE]],
    [
      'it has task runs of a kind',
      { taskRuns: { state: { type: { in: ['COMPLETED'] } } } },
      [DONE],
    ],
    ['not: rows without the column are kept', { not: { deployment: {} } }, [SUB, LATE]],
    [
      'or: one of the branches',
      { or: [{ name: { in: [DONE] } }, { state: { name: { in: ['Late'] } } }] },
      [DONE, LATE],
    ],
    [
      'and: all of the branches',
      { and: [{ tags: { any: ['etl'] } }, { name: { like: 'owl' } }] },
      [SUB],
    ],
  ])('%s', async (_title, filter, expected) => {
    expect(await names(filter)).toEqual(expected);
  });

  test('the parent flow run is found through the task run that stands for the subflow', async () => {
    expect(await names({ parentFlowRunId: { in: [ids['done'] ?? ''] } })).toEqual([SUB]);
    expect(await names({ parentFlowRunId: { isNull: true } })).toEqual([DONE, LATE]);
    expect(await names({ createdBy: { id: { in: [ids['deployment'] ?? ''] } } })).toEqual([DONE]);
  });

  test('a list and a single read show the state and the work pool', async () => {
    const [run] = await filterFlowRuns(db.ctx, {
      filter: { name: { in: [DONE] } },
      sort: 'ID_DESC',
      page: PAGE,
    });
    expect(run).toMatchObject({
      workPoolName: 'pool-a',
      tags: ['prod', 'etl'],
      parameters: { x: 1 },
      autoScheduled: false,
      state: { type: 'COMPLETED', name: 'Completed', timestamp: at(5), message: 'why', data: null },
    });
    expect(await readFlowRun(db.ctx, run?.id ?? '')).toEqual(run);
    expect(await readFlowRun(db.ctx, '00000000-0000-4000-8000-000000000000')).toBeNull();
  });

  test('a count with a cap stops one past it', async () => {
    expect(await countFlowRuns(db.ctx, { filter: {}, cap: 1 })).toBe(2);
    expect(await countFlowRuns(db.ctx, { filter: {}, cap: 10 })).toBe(3);
  });

  test('pages follow the sort', async () => {
    const page = async (offset: number) =>
      (
        await filterFlowRuns(db.ctx, {
          filter: {},
          sort: 'START_TIME_DESC',
          page: { limit: 2, offset },
        })
      ).map((run) => run.name);
    expect(await page(0)).toEqual([LATE, SUB]);
    expect(await page(2)).toEqual([DONE]);
  });

  test('flows are found by their deployments and runs', async () => {
    const flows = async (filter: Parameters<typeof filterFlows>[1]['filter']) =>
      (await filterFlows(db.ctx, { filter, sort: 'NAME_ASC', page: PAGE })).map(
        (flow) => flow.name,
      );
    expect(await flows({ hasDeployments: false })).toEqual(['idle']);
    expect(await flows({ hasDeployments: true })).toEqual(['Daily report']);
    expect(await flows({ deployments: { workPool: { name: { in: ['pool-a'] } } } })).toEqual([
      'Daily report',
    ]);
    expect(await flows({ flowRuns: { state: { type: { in: ['RUNNING'] } } } })).toEqual([]);
    expect(await flows({ flowRuns: { taskRuns: { name: { in: ['sub'] } } } })).toEqual([
      'Daily report',
    ]);
    expect(await flows({ tags: { isEmpty: true } })).toEqual(['idle']);
  });

  test('task runs are found by their flow run and subflows', async () => {
    const tasks = async (filter: Parameters<typeof filterTaskRuns>[1]['filter']) =>
      (await filterTaskRuns(db.ctx, { filter, sort: 'NAME_ASC', page: PAGE })).map(
        (run) => run.name,
      );
    expect(await tasks({ flowRunId: { isNull: false } })).toEqual(['sub']);
    expect(await tasks({ hasSubflowRuns: false })).toEqual(['alone']);
    expect(await tasks({ hasSubflowRuns: true })).toEqual(['sub']);
    expect(await tasks({ flowRun: { flow: { name: { like: 'daily' } } } })).toEqual(['sub']);
    expect(await tasks({})).toEqual(['alone', 'sub']);
  });

  test('deployments show their schedules newest change first', async () => {
    const deploymentId = ids['deployment'] ?? '';
    const older = await insertSchedule(db.ctx, { deploymentId, updated: at(1) });
    const newer = await insertSchedule(db.ctx, { deploymentId, updated: at(2) });
    const [deployment] = await filterDeployments(db.ctx, {
      filter: { flowOrDeploymentName: { like: 'DAILY' }, isPaused: false },
      sort: 'NAME_ASC',
      page: PAGE,
    });
    expect(deployment).toMatchObject({
      name: 'nightly',
      workPoolName: 'pool-a',
      globalConcurrencyLimit: null,
      schedules: [{ id: newer }, { id: older }],
    });
  });

  test.each<[string, readonly string[]]>([
    ['disk', ['Disk 100% full', 'disk fine']],
    ['disk -fine', ['Disk 100% full']],
    ['"100% full"', ['Disk 100% full']],
    ['0%f', []],
    ['+disk +fine', ['disk fine']],
    ['Ünïcode', ['started Ünïcode']],
    ['prefect.flow_runs -disk', ['started Ünïcode']],
    [' ', ['started Ünïcode', 'Disk 100% full', 'disk fine']],
  ])('logs are searched for %j', async (text, expected) => {
    const logs = await filterLogs(db.ctx, {
      filter: { text, timestamp: { after: T0 } },
      sort: 'TIMESTAMP_ASC',
      page: PAGE,
    });
    expect(logs.map((log) => log.message)).toEqual(expected);
  });

  test('logs are found by level and run', async () => {
    const logs = await filterLogs(db.ctx, {
      filter: { level: { atLeast: 20, atMost: 30 }, flowRunId: { in: [ids['done'] ?? ''] } },
      sort: 'TIMESTAMP_DESC',
      page: PAGE,
    });
    expect(logs.map((log) => log.level)).toEqual([20]);
  });
});
