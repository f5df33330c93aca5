import { describe, expect, test } from 'vitest';

import { artifactFilter } from '#server/api/wire/filters/artifact-filter.ts';
import { deploymentFilter } from '#server/api/wire/filters/deployment-filter.ts';
import { flowFilter } from '#server/api/wire/filters/flow-filter.ts';
import { flowRunFilter } from '#server/api/wire/filters/flow-run-filter.ts';
import { logFilter } from '#server/api/wire/filters/log-filter.ts';
import { flowRunScope, flowScope, taskRunScope } from '#server/api/wire/filters/scope.ts';
import { taskRunFilter } from '#server/api/wire/filters/task-run-filter.ts';
import { variableFilter } from '#server/api/wire/filters/variable-filter.ts';
import { workPoolFilter, workQueueFilter } from '#server/api/wire/filters/work-pool-filter.ts';

const ID = '00000000-0000-4000-8000-000000000001';

describe('a filter on the wire', () => {
  test('with an unknown criterion or operator is refused', () => {
    expect(flowFilter.safeParse({ zzz: {} }).success).toBe(false);
    expect(flowFilter.safeParse({ operator: 'xor_' }).success).toBe(false);
    expect(flowRunFilter.safeParse({ tags: { some_: ['a'] } }).success).toBe(false);
  });

  test.each([
    ['nothing', flowFilter, {}, {}],
    ['null as nothing', flowFilter, { id: null, name: { like_: null } }, { name: {} }],
    ['an empty search as nothing', flowFilter, { name: { like_: '' } }, { name: {} }],
    ['an empty list as a list', flowFilter, { id: { any_: [] } }, { id: { in: [] } }],
    [
      'ids in any spelling',
      flowFilter,
      { id: { any_: [ID.replaceAll('-', '').toUpperCase()] } },
      { id: { in: [ID] } },
    ],
    [
      'flows without deployments',
      flowFilter,
      { deployment: { is_null_: true } },
      { hasDeployments: false },
    ],
    [
      'criteria together',
      flowFilter,
      { name: { any_: ['a'] }, tags: { all_: ['t'] } },
      { and: [{ name: { in: ['a'] } }, { tags: { all: ['t'] } }] },
    ],
    [
      'criteria apart',
      flowRunFilter,
      { operator: 'or_', name: { any_: ['a'] }, tags: { is_null_: true } },
      { or: [{ name: { in: ['a'] } }, { tags: { isEmpty: true } }] },
    ],
    [
      'an operator within a criterion',
      flowRunFilter,
      { state: { operator: 'or_', type: { any_: ['RUNNING'] }, name: { not_any_: ['Late'] } } },
      { or: [{ state: { type: { in: ['RUNNING'] } } }, { state: { name: { notIn: ['Late'] } } }] },
    ],
    [
      'instants',
      flowRunFilter,
      { start_time: { after_: '1970-01-01T00:00:01Z', is_null_: false } },
      { startTime: { after: 1_000_000, isNull: false } },
    ],
    [
      'creators',
      flowRunFilter,
      { created_by: { type_: ['DEPLOYMENT'] } },
      { createdBy: { type: { in: ['DEPLOYMENT'] } } },
    ],
    [
      'task runs of flow runs when their flow run is asked for without a word',
      taskRunFilter,
      { flow_run_id: {} },
      { flowRunId: { isNull: false } },
    ],
    [
      'task runs of flow runs in any way of asking',
      taskRunFilter,
      { flow_run_id: { operator: 'or_', any_: [ID] } },
      { flowRunId: { in: [ID] } },
    ],
    [
      'task runs without a flow run, whatever ids are asked for',
      taskRunFilter,
      { flow_run_id: { any_: [ID], is_null_: true } },
      { flowRunId: { isNull: true } },
    ],
    [
      'a limit of deployments, which is of no effect',
      deploymentFilter,
      { concurrency_limit: { ge_: 1 }, paused: { eq_: true } },
      { isPaused: true },
    ],
    [
      'the start of a queue’s name',
      workQueueFilter,
      { name: { startswith_: ['a'] } },
      { name: { startsWith: ['a'] } },
    ],
    ['pools by type', workPoolFilter, { type: { any_: ['k8s'] } }, { type: { in: ['k8s'] } }],
    ['keys that are there', artifactFilter, { key: { exists_: true } }, { key: { isNull: false } }],
    [
      'log lines',
      logFilter,
      { level: { ge_: '20' }, text: { query: 'x' } },
      { and: [{ level: { atLeast: 20 } }, { text: 'x' }] },
    ],
    ['variables', variableFilter, { tags: { all_: ['a'] } }, { tags: { all: ['a'] } }],
  ])('reads %s', (_name, schema, given, expected) => {
    expect(schema.parse(given)).toEqual(expected);
  });
});

describe('filters of other things in a body', () => {
  test('ask for relatives', () => {
    const flows = { name: { in: ['f'] } };
    const taskRuns = { name: { in: ['t'] } };
    const pools = { name: { in: ['p'] } };
    expect(flowRunScope({ flows, task_runs: taskRuns, work_pools: pools })).toEqual({
      and: [{ taskRuns }, { flow: flows }, { workPool: pools }],
    });
    expect(flowScope({ task_runs: taskRuns, work_pools: pools })).toEqual({
      and: [{ flowRuns: { taskRuns } }, { deployments: { workPool: pools } }],
    });
    expect(taskRunScope({ task_runs: taskRuns, flows })).toEqual({
      and: [taskRuns, { flowRun: { flow: flows } }],
    });
  });

  test('admit everything when there are none', () => {
    expect([flowRunScope({}), flowScope({}), taskRunScope({})]).toEqual([{}, {}, {}]);
  });
});
