import type { ServerProcess, StartServer } from '#tests/support/replay/server-process.ts';
import {
  startOurServer,
  startOurServerByScript,
  startRealServer,
} from '#tests/support/replay/server.ts';

import { startBenchPostgresql } from './postgresql.ts';
import type { Target } from './target.ts';

export type DatabaseKind = 'sqlite' | 'postgresql';

export interface BenchServer {
  readonly target: Target;
  readonly process: ServerProcess;
  readonly database: string;
  readonly stop: () => Promise<void>;
}

export interface StartBenchServer {
  readonly name: Target['name'];
  /** The `prefect` program of the real installation. */
  readonly prefect: string;
  readonly kind: DatabaseKind;
  readonly postgresqlBin: string | null;
}

/** Starts one server of a kind the way its users do. */
export const startServerOf = (
  { name, prefect }: Pick<StartBenchServer, 'name' | 'prefect'>,
  options: Omit<StartServer, 'command'>,
): Promise<ServerProcess> =>
  name === 'ours' ? startOurServerByScript(options) : startRealServer(prefect, options);

/** Starts a server with default settings on an empty database of its own. */
export const startBenchServer = async (options: StartBenchServer): Promise<BenchServer> => {
  const { name, kind, postgresqlBin } = options;
  const postgresql =
    kind === 'postgresql' && postgresqlBin !== null
      ? await startBenchPostgresql(postgresqlBin)
      : null;
  const url = postgresql?.url.replace('postgresql:', 'postgresql+asyncpg:');
  const settings = {
    env: {
      PREFECT_SERVER_LOGGING_LEVEL: 'WARNING',
      // Long enough that callers without a slot wait through what is measured of them.
      PREFECT_SERVER_CONCURRENCY_SLOT_HOLD_SECONDS: '50',
      ...(url === undefined ? {} : { PREFECT_SERVER_DATABASE_CONNECTION_URL: url }),
    },
  };
  const process =
    name === 'ours'
      ? await startOurServer(settings)
      : await startRealServer(options.prefect, settings);
  return {
    target: {
      name,
      url: process.url,
      pids: postgresql === null ? [process.pid] : [process.pid, postgresql.pid],
    },
    process,
    database: postgresql === null ? 'SQLite' : `PostgreSQL ${postgresql.version}`,
    stop: async () => {
      await process.stop();
      await postgresql?.stop();
    },
  };
};
