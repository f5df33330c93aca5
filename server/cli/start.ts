import { setTimeout as delay } from 'node:timers/promises';

import type { App } from '../app.ts';
import { createLog, type Log } from '../log.ts';
import type { Settings } from '../settings.ts';
import { banner } from './banner.ts';
import { databaseFailure } from './database-failure.ts';
import { listenFailure, requireFreePort } from './port.ts';
import { stopSignal } from './stop-signal.ts';

/** Whoever stops a process expects its end within five seconds. */
const CLOSE_MILLIS = 4500;

interface Start {
  /** Names of variables that look like settings and are none. */
  readonly unknownVariables: readonly string[];
}

const openApp = async (settings: Settings, log: Log): Promise<App> => {
  // The other commands are quick because none of them loads the server itself.
  const { createApp } = await import('../app.ts');
  try {
    return await createApp(settings, log);
  } catch (error) {
    throw databaseFailure(settings, error);
  }
};

const closeInTime = async (app: App, log: Log): Promise<void> => {
  const isClosed = await Promise.race([
    app.close().then(() => true),
    delay(CLOSE_MILLIS, false, { ref: false }),
  ]);
  if (!isClosed)
    log.warn('The server ends although its database or its peers still keep it waiting.');
};

/** Runs the server in this process until a signal asks it to stop. */
export const startServer = async (
  settings: Settings,
  { unknownVariables }: Start,
): Promise<void> => {
  const stopped = stopSignal();
  await requireFreePort(settings);
  const log = createLog(settings);
  for (const name of unknownVariables)
    log.warn(`${name} is no setting of the server and has no effect.`);
  const app = await openApp(settings, log);
  try {
    const { url } = await app.listen();
    console.log(banner(settings, url));
    await stopped;
  } catch (error) {
    throw listenFailure(settings, error);
  } finally {
    await closeInTime(app, log);
  }
  console.log('Server stopped!');
};
