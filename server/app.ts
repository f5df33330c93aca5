import { createGraphQL } from '#schema/server.ts';

import { createApi } from './api/index.ts';
import { createSockets } from './api/sockets/index.ts';
import { testingRoutes } from './api/testing.ts';
import { LOGO_PATH } from './blocks/logo.ts';
import { registerShippedBlocks } from './commands/block-type/install-shipped-blocks.ts';
import { slotLineOf } from './commands/concurrency-limit/slot-line.ts';
import type { Context } from './context.ts';
import { openDatabase } from './db/open.ts';
import { createInProcessBus } from './events/bus-in-process.ts';
import { createPostgresqlBus } from './events/bus-postgresql.ts';
import type { Bus } from './events/bus.ts';
import { EventIntake } from './events/intake.ts';
import { serveLogo } from './http/logos.ts';
import { createPages } from './http/pages.ts';
import { createRequestLog } from './http/request-log.ts';
import {
  REST_REFERENCE_PATH,
  createRestReference,
  originalReferencePaths,
  redirectToReference,
} from './http/rest-reference.ts';
import { type Door, createHttpServer } from './http/server.ts';
import { UI_SETTINGS_PATH, createUiSettings } from './http/ui-settings.ts';
import type { Log } from './log.ts';
import { createServiceBoard } from './service-board.ts';
import { listServices } from './services/index.ts';
import { type ServiceLoop, startServices } from './services/loop.ts';
import type { Settings } from './settings.ts';

export interface App {
  readonly ctx: Context;
  /** Starts to answer and to run the services. */
  listen(): Promise<{ readonly url: string }>;
  /** Ends in order: no more requests, then the services, then what is still to be written, then the database. */
  close(): Promise<void>;
}

const openBus = (settings: Settings, log: Log): Promise<Bus> => {
  const { target } = settings.database;
  return target.kind === 'postgresql'
    ? createPostgresqlBus(target.url, log)
    : Promise.resolve(createInProcessBus());
};

const openContext = async (settings: Settings, log: Log): Promise<Context> => {
  const db = await openDatabase(settings, log);
  const bus = await openBus(settings, log);
  db.onCommit((announcements) => bus.publish(announcements));
  const board = createServiceBoard();
  const intake = new EventIntake({ db, settings, log, board });
  return { db, bus, settings, log, intake, board };
};

const isUnder =
  (base: string) =>
  (path: string): boolean =>
    path === base || path.startsWith(`${base}/`);

/** Puts the server together: the one place that sees the schema, the REST door and the services at once. */
export const createApp = async (settings: Settings, log: Log): Promise<App> => {
  const ctx = await openContext(settings, log);
  await registerShippedBlocks(ctx);
  const graphql = createGraphQL(ctx);
  const requestLog = createRequestLog();
  const api = createApi(ctx, testingRoutes(ctx, requestLog));
  const sockets = createSockets(ctx);
  const isGraphql = isUnder('/graphql');
  const isDocs = isUnder('/docs');
  const doors: readonly Door[] = [
    { opens: isUnder(REST_REFERENCE_PATH), handle: createRestReference(settings) },
    {
      opens: (path) => originalReferencePaths(settings).includes(path),
      handle: redirectToReference(settings),
    },
    {
      opens: (path) => isGraphql(path) || isDocs(path),
      handle: graphql.handle,
      upgrade: graphql.upgrade,
    },
    {
      opens: isUnder(settings.api.basePath ?? '/api'),
      handle: api.handle,
      upgrade: (request, socket, head) => sockets.upgrade(request, socket, head),
    },
    { opens: isUnder(LOGO_PATH), handle: serveLogo },
    { opens: (path) => path === UI_SETTINGS_PATH, handle: createUiSettings(settings) },
    { opens: () => true, handle: createPages(settings) },
  ];
  const server = createHttpServer(
    settings,
    doors,
    settings.testingEndpoints ? [requestLog.watcher] : [],
  );
  let services: ServiceLoop | null = null;
  return {
    ctx,
    listen: async () => {
      const address = await server.listen();
      if (settings.services.enabled) services = startServices(ctx, listServices());
      return address;
    },
    close: async () => {
      // Who waits for slots is told to ask again, instead of being cut off.
      slotLineOf(ctx).close();
      // The sockets say goodbye and wait for an answer, for as long as the server lets them.
      await Promise.all([sockets.close(), graphql.close(), server.close()]);
      await services?.stop();
      await ctx.intake.close();
      await ctx.bus.close();
      await ctx.db.close();
    },
  };
};
