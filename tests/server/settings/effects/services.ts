import { waitFor } from '#tests/support/wait-for.ts';

import type { Effect, Variables } from './effect.ts';
import { type ObservedApp, observe } from './observed-app.ts';

const PREFIX = 'PREFECT_SERVER_SERVICES_';

interface Listed {
  readonly name: string;
  readonly periodSeconds: number;
}

/** The services that a process tells of once they have started. */
const listServices = ({ ask }: ObservedApp): Promise<readonly Listed[]> =>
  waitFor(async () => {
    // What is asked for has this form.
    const { server } = (await ask('{ server { services { name periodSeconds } } }')) as {
      readonly server: { readonly services: readonly Listed[] };
    };
    return server.services.some(({ name }) => name === 'journal-vacuum') ? server.services : null;
  });

const periodsOf =
  (name: string) =>
  (env: Variables): Promise<number | null> =>
    observe({ [`${PREFIX}ENABLED`]: 'true', ...env }, async (observed) => {
      const services = await listServices(observed);
      return services.find((service) => service.name === name)?.periodSeconds ?? null;
    });

interface Switch {
  readonly variable: string;
  readonly name: string;
  /** With the switch on and off. */
  readonly periods: readonly [on: number | null, off: number | null];
}

const switchOf = ({ variable, name, periods: [on, off] }: Switch): Effect => ({
  variable: `${PREFIX}${variable}`,
  shows: `whether there is a service ${name}, by its period`,
  observe: periodsOf(name),
  cases: [
    ['true', on],
    ['false', off],
  ],
});

const SWITCHES: readonly Switch[] = [
  { variable: 'CANCELLATION_CLEANUP_ENABLED', name: 'cancellation-cleanup', periods: [20, null] },
  { variable: 'FOREMAN_ENABLED', name: 'foreman', periods: [15, null] },
  { variable: 'LATE_RUNS_ENABLED', name: 'late-runs', periods: [5, null] },
  { variable: 'SCHEDULER_ENABLED', name: 'scheduler', periods: [60, null] },
  { variable: 'PAUSE_EXPIRATIONS_ENABLED', name: 'pause-expirations', periods: [5, null] },
  { variable: 'HEARTBEAT_REAPER_ENABLED', name: 'heartbeat-reaper', periods: [30, null] },
  { variable: 'REPOSSESSOR_ENABLED', name: 'repossessor', periods: [15, null] },
  { variable: 'CLEANUP_RECONCILER_ENABLED', name: 'delivery-reconciler', periods: [5, null] },
];

interface Period {
  readonly variable: string;
  readonly name: string;
  /** What turns the service on where it is off by itself. */
  readonly env?: Variables;
}

const periodOf = ({ variable, name, env = {} }: Period): Effect => ({
  variable: `${PREFIX}${variable}`,
  shows: `the period of the service ${name}`,
  observe: (given) => periodsOf(name)({ ...env, ...given }),
  cases: [
    ['7', 7],
    ['0.5', 0.5],
  ],
});

const PERIODS: readonly Period[] = [
  { variable: 'CANCELLATION_CLEANUP_LOOP_SECONDS', name: 'cancellation-cleanup' },
  { variable: 'DB_VACUUM_LOOP_SECONDS', name: 'event-vacuum' },
  {
    variable: 'DB_VACUUM_ORPHAN_CLEANUP_LOOP_SECONDS',
    name: 'orphan-vacuum',
    env: { [`${PREFIX}DB_VACUUM_ENABLED`]: 'orphans' },
  },
  { variable: 'FOREMAN_LOOP_SECONDS', name: 'foreman' },
  { variable: 'LATE_RUNS_LOOP_SECONDS', name: 'late-runs' },
  { variable: 'SCHEDULER_LOOP_SECONDS', name: 'scheduler' },
  { variable: 'SCHEDULER_RECENT_DEPLOYMENTS_LOOP_SECONDS', name: 'recent-deployments' },
  { variable: 'PAUSE_EXPIRATIONS_LOOP_SECONDS', name: 'pause-expirations' },
  {
    variable: 'HEARTBEAT_REAPER_LOOP_SECONDS',
    name: 'heartbeat-reaper',
    env: { [`${PREFIX}HEARTBEAT_REAPER_ENABLED`]: 'true' },
  },
  { variable: 'REPOSSESSOR_LOOP_SECONDS', name: 'repossessor' },
  { variable: 'CLEANUP_RECONCILER_LOOP_SECONDS', name: 'delivery-reconciler' },
];

const vacuums = (env: Variables): Promise<readonly string[]> =>
  observe({ [`${PREFIX}ENABLED`]: 'true', ...env }, async (observed) =>
    (await listServices(observed))
      .map(({ name }) => name)
      .filter((name) => /(event|run|phan)-vac/.test(name)),
  );

/** Which services there are and how often they have their turn. */
export const serviceEffects: readonly Effect[] = [
  {
    variable: `${PREFIX}ENABLED`,
    shows: 'whether services have their turns',
    observe: (env) =>
      observe({ [`${PREFIX}ENABLED`]: 'true', ...env }, async ({ call }) => {
        const { body } = await call('/api/ready');
        return JSON.stringify(body).includes('scheduler');
      }),
    cases: [
      ['true', true],
      ['false', false],
    ],
  },
  ...SWITCHES.map(switchOf),
  ...PERIODS.map(periodOf),
  {
    variable: `${PREFIX}DB_VACUUM_ENABLED`,
    shows: 'what is removed',
    observe: vacuums,
    cases: [
      [null, ['event-vacuum']],
      ['none', []],
      ['events,flow_runs', ['event-vacuum', 'flow-run-vacuum', 'orphan-vacuum']],
      ['orphans', ['orphan-vacuum']],
    ],
  },
];
