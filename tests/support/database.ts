import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';

import type { Context } from '#server/context.ts';
import type { DialectName } from '#server/db/dialect.ts';
import { openDatabase } from '#server/db/open.ts';
import { createInProcessBus } from '#server/events/bus-in-process.ts';
import { EventIntake } from '#server/events/intake.ts';
import { createLog } from '#server/log.ts';
import { createServiceBoard } from '#server/service-board.ts';
import { type SettingsOverrides, readSettings, withSettings } from '#server/settings.ts';

/** A context over an empty database of its own. */
export interface TestDatabase {
  readonly kind: DialectName;
  readonly ctx: Context;
}

interface Opened {
  readonly ctx: Context;
  close(): Promise<void>;
}

const isKind = (value: string): value is DialectName =>
  value === 'sqlite' || value === 'postgresql';

/** The databases this run of the suite is about: `TEST_DATABASE=sqlite`, `postgresql`, or both with a comma. */
export const testedKinds: readonly DialectName[] = (process.env['TEST_DATABASE'] ?? 'sqlite')
  .split(',')
  .filter(isKind);

const maintenanceUrl = (): string => {
  const url = process.env['TEST_DATABASE_URL'];
  if (url === undefined)
    throw new Error('TEST_DATABASE_URL is not set: the global set-up of the suite sets it.');
  return url;
};

const onServer = async (sql: string): Promise<void> => {
  const client = new pg.Client({ connectionString: maintenanceUrl() });
  await client.connect();
  await client.query(sql);
  await client.end();
};

/** Makes an empty PostgreSQL database and gives its address and the way to remove it. */
export const createPostgresqlDatabase = async (): Promise<{
  readonly url: string;
  drop(): Promise<void>;
}> => {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(maintenanceUrl());
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(`DROP DATABASE ${name} WITH (FORCE)`) };
};

/** Opens a context over a new, migrated database; closing it removes the database. */
export const openTestContext = async (
  kind: DialectName,
  overrides: SettingsOverrides = {},
): Promise<Opened> => {
  const home = mkdtempSync(join(tmpdir(), 'prefect-server-test-'));
  const database = kind === 'postgresql' ? await createPostgresqlDatabase() : null;
  const settings = withSettings(
    readSettings({
      PREFECT_HOME: home,
      PREFECT_SERVER_LOGGING_LEVEL: 'ERROR',
      ...(database === null ? {} : { PREFECT_SERVER_DATABASE_CONNECTION_URL: database.url }),
    }),
    overrides,
  );
  const log = createLog(settings);
  const db = await openDatabase(settings, log);
  const bus = createInProcessBus();
  const board = createServiceBoard();
  const intake = new EventIntake({ db, settings, log, board });
  db.onCommit((announcements) => bus.publish(announcements));
  return {
    ctx: { db, bus, settings, log, intake, board },
    close: async () => {
      await intake.close();
      await bus.close();
      await db.close();
      await database?.drop();
      rmSync(home, { recursive: true, force: true });
    },
  };
};

/** Runs the same tests on each database of this run, each time on an empty one that the whole block shares. */
export const describeEachDatabase = (
  name: string,
  body: (db: TestDatabase) => void,
  overrides: SettingsOverrides = {},
): void => {
  describe.each(testedKinds)(`${name} on %s`, (kind) => {
    let opened: Opened | undefined;
    beforeAll(async () => {
      opened = await openTestContext(kind, overrides);
    });
    afterAll(() => opened?.close());
    body({
      kind,
      get ctx() {
        if (opened === undefined) throw new Error('The database is open only while tests run.');
        return opened.ctx;
      },
    });
  });
};
