import { describe, test } from 'vitest';

import type { ServerProcess } from '#tests/support/replay/server-process.ts';
import {
  RECORDING_SETTINGS,
  startOurServer,
  startRealServer,
} from '#tests/support/replay/server.ts';

import { COMPAT_DATABASES, type CompatDatabaseKind, compatDatabase } from '../compat-database.ts';
import { pythonClient } from '../python-client.ts';
import { KNOWN_WALK_DIFFERENCES } from './known-differences.ts';
import { SCENARIOS } from './scenarios/all.ts';
import { SERVICES } from './scenarios/services.ts';
import { SILENCE } from './scenarios/silence.ts';
import type { Scenario } from './scenarios/step.ts';
import { walk } from './walk.ts';

const SETTINGS = { ...RECORDING_SETTINGS, PREFECT_SERVER_REGISTER_BLOCKS_ON_START: 'false' };

const client = await pythonClient('3.9.1');

/** Services that see at once what they look for. */
const QUICK = {
  PREFECT_SERVER_REGISTER_BLOCKS_ON_START: 'false',
  PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED: 'false',
  PREFECT_SERVER_SERVICES_FOREMAN_LOOP_SECONDS: '1',
  PREFECT_SERVER_SERVICES_FOREMAN_INACTIVITY_HEARTBEAT_MULTIPLE: '2',
  PREFECT_SERVER_SERVICES_FOREMAN_FALLBACK_HEARTBEAT_INTERVAL_SECONDS: '5',
  PREFECT_SERVER_SERVICES_FOREMAN_WORK_QUEUE_LAST_POLLED_TIMEOUT_SECONDS: '10',
  PREFECT_SERVER_SERVICES_FOREMAN_DEPLOYMENT_LAST_POLLED_TIMEOUT_SECONDS: '10',
  PREFECT_SERVER_SERVICES_EVENT_PERSISTER_FLUSH_INTERVAL: '1',
  PREFECT_SERVER_SERVICES_LATE_RUNS_LOOP_SECONDS: '1',
  PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS: '1',
  PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_LOOP_SECONDS: '1',
  PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_LOOP_SECONDS: '1',
  PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_CANCELLING_TIMEOUT_SECONDS: '5',
};

type Settings = Readonly<Record<string, string>>;

/** Plays the stories on a real server and on ours with each database, and gives what nobody can explain. */
const differencesOf = async (
  scenarios: readonly Scenario[],
  settings: Settings,
): Promise<readonly string[]> => {
  if ('skipped' in client) return [];
  // On SQLite the real server refuses writes now and then because others lock it out.
  await using realDatabase = await compatDatabase('postgresql');
  await using ourDatabases = new AsyncDisposableStack();
  const startOurs = async (kind: CompatDatabaseKind): Promise<ServerProcess> => {
    const database = ourDatabases.use(await compatDatabase(kind));
    return startOurServer({ env: { ...settings, ...database.settings } });
  };
  const [real, ...ours] = await Promise.all([
    startRealServer(client.prefect, { env: { ...settings, ...realDatabase.settings } }),
    ...COMPAT_DATABASES.map(startOurs),
  ]);
  const named = COMPAT_DATABASES.map((kind, index) => [kind, ours[index]?.url ?? '']);
  const urls = { real: real.url, ours: Object.fromEntries(named) };
  const found: string[] = [];
  try {
    for (const { name, steps } of scenarios) {
      const { differences } = await walk(urls, steps);
      const unexplained = differences.filter(
        (line) => !KNOWN_WALK_DIFFERENCES.some((known) => known.lines.test(line)),
      );
      found.push(...unexplained.map((line) => `${name}: ${line}`));
    }
  } finally {
    await Promise.all([real, ...ours].map((server) => server.stop()));
  }
  return found;
};

// Those of the services wait most of the time.
describe.skipIf('skipped' in client)('beside the real server', () => {
  test.concurrent('stories of runs and deployments are answered alike on each database', async ({
    expect,
  }) => {
    expect(await differencesOf(SCENARIOS, SETTINGS)).toEqual([]);
  });

  test.concurrent('services do the same to runs on each database', async ({ expect }) => {
    expect(await differencesOf([SERVICES, SILENCE], QUICK)).toEqual([]);
  });
});
