import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type App, createApp } from '#server/app.ts';
import type { DialectName } from '#server/db/dialect.ts';
import { createLog } from '#server/log.ts';
import { readSettings } from '#server/settings.ts';

import { createPostgresqlDatabase } from './database.ts';

export interface StartedApp {
  readonly app: App;
  readonly url: string;
  /** Stops the server and removes its database. */
  close(): Promise<void>;
}

/** Starts a whole server over an empty database of its own, on a free port; the variables are those of its process. */
export const startApp = async (
  kind: DialectName,
  variables: Readonly<Record<string, string>> = {},
): Promise<StartedApp> => {
  const home = mkdtempSync(join(tmpdir(), 'prefect-server-app-'));
  const database = kind === 'postgresql' ? await createPostgresqlDatabase() : null;
  const settings = readSettings({
    PREFECT_HOME: home,
    PREFECT_SERVER_API_PORT: '0',
    PREFECT_SERVER_LOGGING_LEVEL: 'CRITICAL',
    ...(database === null ? {} : { PREFECT_SERVER_DATABASE_CONNECTION_URL: database.url }),
    ...variables,
  });
  const app = await createApp(settings, createLog(settings));
  const { url } = await app.listen();
  return {
    app,
    url,
    close: async () => {
      await app.close();
      await database?.drop();
      rmSync(home, { recursive: true, force: true });
    },
  };
};
