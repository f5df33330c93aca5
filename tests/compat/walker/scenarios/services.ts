import {
  CANCELLING,
  PENDING,
  RUNNING,
  type Scenario,
  type Step,
  after,
  eventually,
  paused,
  post,
  propose,
  scheduled,
  see,
  seeStates,
  suspended,
} from './step.ts';

const run = (name: string, fields = {}): Step =>
  post('/flow_runs/', { flow_id: '{{svc-flow:0}}', name, ...fields }, name);

const deployed = { deployment_id: '{{svc:0}}' } as const;
const limited = { deployment_id: '{{svc:1}}' } as const;
const OVER = { pause_timeout: '2020-01-01T00:00:00Z' } as const;

const NAMES = [
  's-late',
  's-retry',
  's-full',
  's-paused',
  's-suspended',
  's-cancelling',
  's-alone',
  's-parent',
  's-sub',
] as const;

/** What services do to runs by themselves, for servers whose services are quick. */
export const SERVICES: Scenario = {
  name: 'late runs, pauses that are over, cancellations that nobody confirms',
  steps: [
    post('/flows/', { name: 'svc' }, 'svc-flow'),
    post('/deployments/', { name: 'svc', flow_id: '{{svc-flow:0}}' }, 'svc'),
    post(
      '/deployments/',
      {
        name: 'limited',
        flow_id: '{{svc-flow:0}}',
        concurrency_limit: 1,
        concurrency_options: { collision_strategy: 'CANCEL_NEW' },
      },
      'svc',
    ),
    run('s-holder', { ...limited, state: scheduled() }),
    ...propose('s-holder', PENDING),
    run('s-full', { ...limited, state: scheduled() }),
    run('s-late', { state: scheduled() }),
    run('s-retry', { state: scheduled('AwaitingRetry') }),
    run('s-paused', { ...deployed, state: RUNNING }),
    ...propose('s-paused', paused(OVER)),
    run('s-suspended', { ...deployed, state: RUNNING }),
    ...propose('s-suspended', suspended(OVER)),
    run('s-cancelling', { ...deployed, state: RUNNING }),
    ...propose('s-cancelling', CANCELLING),
    run('s-alone', { state: RUNNING }),
    ...propose('s-alone', CANCELLING),
    run('s-parent', { state: RUNNING }),
    post(
      '/task_runs/',
      { flow_run_id: '{{s-parent:0}}', task_key: 'sub', dynamic_key: '0', state: RUNNING },
      's-task',
    ),
    run('s-sub', { parent_task_run_id: '{{s-task:0}}', state: RUNNING }),
    ...propose('s-parent', CANCELLING),
    after(40, see('/flow_runs/{{s-late:0}}')),
    ...[
      ...NAMES.flatMap((name) => [see(`/flow_runs/{{${name}:0}}`), seeStates(name)]),
      see('/task_runs/{{s-task:0}}'),
      see('/deployments/{{svc:1}}'),
    ].map(eventually),
  ],
};
