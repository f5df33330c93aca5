import { need, readBy } from '../call.ts';
import { DEPLOYMENT, DEPLOYMENT_SCHEDULE, FLOW_RUN } from '../entities.ts';
import { type Chapter, type Found, type Step, at, list } from '../step.ts';
import { idAs, made, many, one, value } from '../view.ts';

const SELECT = DEPLOYMENT.selection;
const DAILY = '0 3 * * *';

const create = (name: string, tags: readonly string[] = ['prod']): Step => ({
  rest: 'POST /deployments/',
  graphql: 'createDeployment',
  call: (found) => {
    const shared = {
      name,
      description: 'Runs it.',
      version: '1',
      tags,
      labels: { team: 'deployments' },
      parameters: { day: 1 },
      path: '/opt',
      entrypoint: 'flow.py:run',
    };
    return {
      body: {
        ...shared,
        flow_id: need(found, 'flow'),
        work_pool_name: 'pool',
        work_queue_name: 'queue',
        job_variables: { command: 'echo' },
        enforce_parameter_schema: true,
        parameter_openapi_schema: { type: 'object', properties: { day: { type: 'integer' } } },
        pull_steps: [{ step: { id: 'a' } }],
        concurrency_limit: 2,
        concurrency_options: { collision_strategy: 'CANCEL_NEW' },
        schedules: [
          {
            schedule: { cron: DAILY, timezone: 'Europe/Berlin', day_or: true },
            active: true,
            slug: 'daily',
            parameters: { day: 2 },
          },
        ],
      },
      input: {
        ...shared,
        flowId: need(found, 'flow'),
        workPoolName: 'pool',
        workQueueName: 'queue',
        jobVariables: { command: 'echo' },
        enforceParameterSchema: true,
        parameterOpenapiSchema: { type: 'object', properties: { day: { type: 'integer' } } },
        pullSteps: [{ step: { id: 'a' } }],
        concurrencyLimit: 2,
        concurrencyOptions: { collisionStrategy: 'CANCEL_NEW' },
        schedules: [
          {
            schedule: { cron: { cron: DAILY, timezone: 'Europe/Berlin', dayOr: true } },
            active: true,
            slug: 'daily',
            parameters: { day: 2 },
          },
        ],
      },
      select: `created deployment { ${SELECT} }`,
    };
  },
  compare: made(DEPLOYMENT, 'deployment'),
  keep: idAs(name, 'entity.id'),
});

/** A call about the deployment that all steps but those of deletion are about. */
const about = (found: Found, input: object = {}, body?: unknown) => {
  const id = need(found, 'nightly');
  return {
    path: { id },
    input: { deployment: { id }, ...input },
    ...(body === undefined ? {} : { body }),
  };
};

const FILTER = {
  rest: { deployments: { tags: { all_: ['prod'] } } },
  graphql: { tags: { all: ['prod'] } },
};
const BY_NAME = { orderBy: [{ field: 'NAME', direction: 'ASC' }], first: 5 };

const reads: readonly Step[] = [
  {
    rest: 'GET /deployments/{id}',
    graphql: 'deployment',
    call: readBy('nightly', SELECT),
    compare: one(DEPLOYMENT),
  },
  {
    rest: 'GET /deployments/name/{flow_name}/{deployment_name}',
    graphql: 'deployment',
    call: () => ({
      path: { flow_name: 'etl', deployment_name: 'nightly' },
      args: { by: { name: { flow: 'etl', deployment: 'nightly' } } },
      select: SELECT,
    }),
    compare: one(DEPLOYMENT),
  },
  {
    rest: 'POST /deployments/filter',
    graphql: 'deployments',
    call: () => ({
      body: { ...FILTER.rest, sort: 'NAME_ASC' },
      args: { filter: FILTER.graphql, ...BY_NAME },
      select: `nodes { ${SELECT} }`,
    }),
    compare: many(DEPLOYMENT),
  },
  {
    rest: 'POST /deployments/paginate',
    graphql: 'deployments',
    call: () => ({
      body: { ...FILTER.rest, sort: 'NAME_ASC', limit: 5, page: 1 },
      args: { filter: FILTER.graphql, ...BY_NAME },
      select: `nodes { ${SELECT} }`,
    }),
    compare: many(DEPLOYMENT, 'nodes', 'results'),
  },
  {
    rest: 'POST /deployments/count',
    graphql: 'deployments',
    call: () => ({ body: FILTER.rest, args: { filter: FILTER.graphql }, select: 'totalCount' }),
    compare: value('totalCount'),
  },
  {
    rest: 'POST /ui/flows/count-deployments',
    graphql: 'flows',
    call: (found) => ({
      body: { flow_ids: [need(found, 'flow')] },
      args: { filter: { id: { in: [need(found, 'flow')] } } },
      select: 'nodes { id deployments { totalCount } }',
    }),
    compare: {
      rest: (answer) => answer,
      graphql: (answer) =>
        Object.fromEntries(
          list(at(answer, 'nodes')).map((flow) => [
            at(flow, 'id'),
            at(flow, 'deployments.totalCount'),
          ]),
        ),
    },
  },
];

const queueCheck: Step = {
  rest: 'GET /deployments/{id}/work_queue_check',
  graphql: 'deployment',
  call: readBy('nightly', 'workQueueCheck { id name priority }'),
  compare: {
    rest: (answer) =>
      list(answer).map((queue) => [at(queue, 'id'), at(queue, 'name'), at(queue, 'priority')]),
    graphql: (answer) =>
      list(at(answer, 'workQueueCheck')).map((queue) => [
        at(queue, 'id'),
        at(queue, 'name'),
        at(queue, 'priority'),
      ]),
  },
};

const schedules: readonly Step[] = [
  {
    rest: 'POST /deployments/{id}/schedules',
    graphql: 'createDeploymentSchedules',
    call: (found) => ({
      ...about(
        found,
        {
          schedules: [
            {
              schedule: {
                interval: {
                  intervalSeconds: 86_400,
                  anchorDate: '2024-01-01T00:00:00Z',
                  timezone: 'UTC',
                },
              },
              active: true,
              slug: 'steady',
              maxScheduledRuns: 2,
            },
          ],
        },
        [
          {
            schedule: {
              interval: 86_400,
              anchor_date: '2024-01-01T00:00:00Z',
              timezone: 'UTC',
            },
            active: true,
            slug: 'steady',
            max_scheduled_runs: 2,
          },
        ],
      ),
      select: `schedules { ${DEPLOYMENT_SCHEDULE.selection} }`,
    }),
    compare: many(DEPLOYMENT_SCHEDULE, 'schedules'),
    keep: (created) => ({ schedule: at(created, '0.id') }),
  },
  {
    rest: 'PATCH /deployments/{id}/schedules/{schedule_id}',
    graphql: 'updateDeploymentSchedule',
    call: (found) => {
      const scheduleId = need(found, 'schedule');
      const { path, ...rest } = about(found, { scheduleId, active: false }, { active: false });
      return { path: { ...path, schedule_id: scheduleId }, ...rest };
    },
  },
  {
    rest: 'GET /deployments/{id}/schedules',
    graphql: 'deployment',
    call: readBy('nightly', `schedules { ${DEPLOYMENT_SCHEDULE.selection} }`),
    compare: many(DEPLOYMENT_SCHEDULE, 'schedules'),
  },
  {
    rest: 'DELETE /deployments/{id}/schedules/{schedule_id}',
    graphql: 'deleteDeploymentSchedule',
    call: (found) => {
      const scheduleId = need(found, 'schedule');
      const { path, ...rest } = about(found, { scheduleId });
      return { path: { ...path, schedule_id: scheduleId }, ...rest };
    },
  },
];

const pausing = (rest: string, graphql: string): Step => ({
  rest,
  graphql,
  call: (found) => about(found, {}, {}),
});

const runNow = (name: string) => ({
  name,
  parameters: { day: 3 },
  tags: ['now'],
  state: { type: 'SCHEDULED', name: 'Scheduled' },
});

const NEXT_RUN = ['id', 'name', 'stateName', 'stateType', 'nextScheduledStartTime'];

const runs: readonly Step[] = [
  {
    rest: 'POST /deployments/{id}/create_flow_run',
    graphql: 'createFlowRunFromDeployment',
    call: (found) => ({
      ...about(
        found,
        { ...runNow('now'), idempotencyKey: 'once', jobVariables: { command: 'ls' } },
        { ...runNow('now'), idempotency_key: 'once', job_variables: { command: 'ls' } },
      ),
      select: `created flowRun { ${FLOW_RUN.selection} }`,
    }),
    compare: made(FLOW_RUN, 'flowRun'),
    keep: idAs('runNow', 'entity.id'),
  },
  {
    rest: 'POST /deployments/{id}/create_flow_run/bulk',
    graphql: 'bulkCreateFlowRunsFromDeployment',
    call: (found) => {
      const inputs = [runNow('first'), { ...runNow('second'), parameters: { day: 'no day' } }];
      return {
        ...about(found, { runs: inputs }, inputs),
        select: 'results { flowRun { name } error { code } }',
      };
    },
    compare: {
      rest: (answer) =>
        list(at(answer, 'results')).map((result) => at(result, 'status') !== 'CREATED'),
      graphql: (answer) =>
        list(at(answer, 'results')).map((result) => at(result, 'flowRun') === null),
    },
  },
  {
    rest: 'POST /deployments/{id}/schedule',
    graphql: 'scheduleDeployment',
    call: (found) => about(found, { minRuns: 2, maxRuns: 2 }, { min_runs: 2, max_runs: 2 }),
  },
  {
    rest: 'POST /ui/flows/next-runs',
    graphql: 'flows',
    call: (found) => ({
      body: { flow_ids: [need(found, 'flow')] },
      args: { filter: { id: { in: [need(found, 'flow')] } } },
      select: `nodes { id nextRun { ${NEXT_RUN.join(' ')} } }`,
    }),
    compare: {
      rest: (answer) =>
        Object.entries(answer as object).map(([id, run]) => [
          id,
          at(run, 'id'),
          at(run, 'state_name'),
          at(run, 'next_scheduled_start_time'),
        ]),
      graphql: (answer) =>
        list(at(answer, 'nodes')).map((flow) => [
          at(flow, 'id'),
          at(flow, 'nextRun.id'),
          at(flow, 'nextRun.stateName'),
          at(flow, 'nextRun.nextScheduledStartTime'),
        ]),
    },
  },
];

const IN_A_WEEK = new Date(Date.now() + 7 * 86_400_000).toISOString();
const ids = (answer: unknown, path: string): unknown => list(answer).map((run) => at(run, path));

const polls: readonly Step[] = [
  {
    rest: 'POST /work_pools/{name}/get_scheduled_flow_runs',
    graphql: 'pollScheduledFlowRuns',
    call: () => ({
      path: { name: 'pool' },
      body: { work_queue_names: ['queue'], scheduled_before: IN_A_WEEK, limit: 10 },
      input: {
        workPool: { name: 'pool' },
        workQueueNames: ['queue'],
        scheduledBefore: IN_A_WEEK,
        limit: 10,
      },
      select: 'runs { workPoolId workQueueId flowRun { id } }',
    }),
    compare: {
      rest: (answer) => [
        ids(answer, 'work_pool_id'),
        ids(answer, 'work_queue_id'),
        ids(answer, 'flow_run.id'),
      ],
      graphql: (answer) => [
        ids(at(answer, 'runs'), 'workPoolId'),
        ids(at(answer, 'runs'), 'workQueueId'),
        ids(at(answer, 'runs'), 'flowRun.id'),
      ],
    },
  },
  {
    rest: 'POST /deployments/get_scheduled_flow_runs',
    graphql: 'pollScheduledFlowRuns',
    call: (found) => ({
      body: { deployment_ids: [need(found, 'nightly')], scheduled_before: IN_A_WEEK, limit: 10 },
      input: {
        deploymentIds: [need(found, 'nightly')],
        scheduledBefore: IN_A_WEEK,
        limit: 10,
      },
      select: `runs { flowRun { ${FLOW_RUN.selection} } }`,
    }),
    compare: {
      rest: (answer) => ids(answer, 'id'),
      graphql: (answer) => ids(at(answer, 'runs'), 'flowRun.id'),
    },
  },
  {
    rest: 'POST /work_queues/{id}/get_runs',
    graphql: 'pollScheduledFlowRuns',
    call: (found) => ({
      path: { id: need(found, 'queue') },
      body: { scheduled_before: IN_A_WEEK, limit: 10 },
      input: { workQueueId: need(found, 'queue'), scheduledBefore: IN_A_WEEK, limit: 10 },
      select: 'runs { flowRun { id } }',
    }),
    // The old route tells nothing of the pool of a run.
    compare: {
      rest: (answer) => ids(answer, 'id'),
      graphql: (answer) => ids(at(answer, 'runs'), 'flowRun.id'),
    },
  },
];

export const deployments: Chapter = {
  name: 'deployments',
  steps: [
    create('nightly'),
    create('nightly'),
    create('spare', ['go']),
    create('spare-too', ['go']),
    {
      rest: 'PATCH /deployments/{id}',
      graphql: 'updateDeployment',
      call: (found) => {
        const changes = { description: 'Changed.', tags: ['prod', 'more'] };
        return about(found, changes, changes);
      },
    },
    ...reads,
    queueCheck,
    ...schedules,
    pausing('POST /deployments/{id}/pause_deployment', 'pauseDeployment'),
    pausing('POST /deployments/{id}/resume_deployment', 'resumeDeployment'),
    ...runs,
    ...polls,
    {
      rest: 'DELETE /deployments/{id}',
      graphql: 'deleteDeployment',
      call: (found) => {
        const id = need(found, 'spare');
        return { path: { id }, input: { deployment: { id } } };
      },
    },
    {
      rest: 'POST /deployments/bulk_delete',
      graphql: 'bulkDeleteDeployments',
      call: () => ({
        body: { deployments: { tags: { all_: ['go'] } } },
        input: { filter: { tags: { all: ['go'] } } },
        select: 'deletedIds',
      }),
      compare: value('deletedIds', 'deleted'),
    },
  ],
};
