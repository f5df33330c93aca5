import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { TestContext } from 'vitest';

import type { ServerProcess, StartServer } from '#tests/support/replay/server-process.ts';
import { startExaminedServer } from '#tests/support/replay/server.ts';

import type { Stage } from './client-stories.ts';
import type { ClientVersion, InstalledClient } from './python-client.ts';
import { pythonClient } from './python-client.ts';

/** Our server with an installed client beside it; both are gone when it is disposed of. */
export interface OpenStage extends AsyncDisposable {
  readonly stage: Stage;
  readonly server: () => ServerProcess;
  /** Ends the server and starts it again on the same address and data. */
  readonly restart: (signal: NodeJS.Signals) => Promise<void>;
}

export interface OpenStageOptions {
  readonly version: ClientVersion;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts our server beside an installed client. */
export const stageOf = async (
  client: InstalledClient,
  options: OpenStageOptions,
): Promise<OpenStage> => {
  const folder = mkdtempSync(join(tmpdir(), 'prefect-stage-'));
  const start = (more: Omit<StartServer, 'command'> = {}): Promise<ServerProcess> =>
    startExaminedServer({ home: join(folder, 'server'), env: options.env ?? {}, ...more });
  let server = await start();
  return {
    stage: { ...client, url: server.url, folder },
    server: () => server,
    restart: async (signal) => {
      await server.stop(signal);
      server = await start({ port: Number(new URL(server.url).port) });
    },
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** Starts our server for a test, or skips the test with the reason why there is no client. */
export const openStage = async (
  context: TestContext,
  options: OpenStageOptions,
): Promise<OpenStage> => {
  const client = await pythonClient(options.version);
  return 'skipped' in client
    ? context.skip(`no Prefect ${options.version} client: ${client.skipped}`)
    : stageOf(client, options);
};
