import { expect, test } from 'vitest';

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
import { walkBoth } from './walk.ts';

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

/** Plays the stories on a real server and on ours, and gives what nobody can explain. */
const differencesOf = async (
  scenarios: readonly Scenario[],
  { kind, settings }: { readonly kind: CompatDatabaseKind; readonly settings: Settings },
): Promise<readonly string[]> => {
  if ('skipped' in client) return [];
  // On SQLite the real server refuses writes now and then because others lock it out.
  await using realDatabase = await compatDatabase('postgresql');
  await using ourDatabase = await compatDatabase(kind);
  const real = await startRealServer(client.prefect, {
    env: { ...settings, ...realDatabase.settings },
  });
  const ours = await startOurServer({ env: { ...settings, ...ourDatabase.settings } });
  const found: string[] = [];
  try {
    for (const { name, steps } of scenarios) {
      const { differences } = await walkBoth({ real: real.url, ours: ours.url }, steps);
      const unexplained = differences.filter(
        (line) => !KNOWN_WALK_DIFFERENCES.some((known) => known.lines.test(line)),
      );
      found.push(...unexplained.map((line) => `${name}: ${line}`));
    }
  } finally {
    await Promise.all([real.stop(), ours.stop()]);
  }
  return found;
};

test.skipIf('skipped' in client).each(COMPAT_DATABASES)(
  'stories of runs and deployments on %s are answered as by the real server',
  async (kind) => {
    expect(await differencesOf(SCENARIOS, { kind, settings: SETTINGS })).toEqual([]);
  },
);

test.skipIf('skipped' in client).each(COMPAT_DATABASES)(
  'services on %s do to runs what those of the real server do',
  async (kind) => {
    expect(await differencesOf([SERVICES, SILENCE], { kind, settings: QUICK })).toEqual([]);
  },
);
