import { join } from 'node:path';

import type { ServerProcess, StartServer } from './server-process.ts';
import { startServerProcess } from './server-process.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** How both servers were set up for the recordings: only services that change nothing by time. */
export const RECORDING_SETTINGS: Readonly<Record<string, string>> = {
  PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_ENABLED: 'false',
  PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED: 'false',
  PREFECT_SERVER_SERVICES_FOREMAN_ENABLED: 'false',
  PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED: 'false',
  PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED: 'false',
  PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_ENABLED: 'false',
  PREFECT_SERVER_SERVICES_EVENT_PERSISTER_FLUSH_INTERVAL: '1',
  PREFECT_SERVER_CONCURRENCY_SLOT_HOLD_SECONDS: '0',
};

type Options = Omit<StartServer, 'command'>;

/** As in package.json: a small young generation keeps an idle server small. */
const NODE_FLAGS = ['--max-semi-space-size=4', '--disable-warning=ExperimentalWarning'];

/** Starts our server from the sources, as `npm start` does once everything is prepared. */
export const startOurServer = (options: Options = {}): Promise<ServerProcess> =>
  startServerProcess({
    command: [process.execPath, ...NODE_FLAGS, join(ROOT, 'server/main.ts'), 'server', 'start'],
    ...options,
    env: {
      NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/prefect-server/compiled'),
      ...options.env,
    },
  });

/** Starts our server the way `npm start` does, with the check that everything is prepared. */
export const startOurServerByScript = (options: Options = {}): Promise<ServerProcess> =>
  startServerProcess({
    command: [process.execPath, '--max-semi-space-size=4', join(ROOT, 'scripts/run.mjs'), 'start'],
    ...options,
  });

/** Starts the server of a Prefect installation, given its `prefect` program. */
export const startRealServer = (prefect: string, options: Options = {}): Promise<ServerProcess> =>
  startServerProcess({
    command: [prefect, 'server', 'start'],
    readyWithinSeconds: 120,
    ...options,
  });

/** The server that the suites examine: ours, or the real one when `COMPAT_SERVER` names its `prefect`. */
export const startExaminedServer = (options: Options = {}): Promise<ServerProcess> => {
  const real = process.env['COMPAT_SERVER'];
  return real === undefined ? startOurServer(options) : startRealServer(real, options);
};
