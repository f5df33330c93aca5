import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { diffSchemas } from '#prisma/tools/diff.ts';
import type { DialectName } from '#server/db/dialect.ts';
import { knownMigrations } from '#server/db/migrate.ts';
import { openDatabase, resetDatabase, upgradeDatabase } from '#server/db/open.ts';
import { rows } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import { createLog } from '#server/log.ts';
import { type Settings, readSettings, withSettings } from '#server/settings.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

const migrations = join(import.meta.dirname, '..', '..', '..', 'prisma');
const read = (name: string): string => readFileSync(join(migrations, name), 'utf8');

const names = (kind: DialectName) => knownMigrations(kind).map(({ name }) => name);

const shape = (kind: DialectName) => {
  const sql = knownMigrations(kind)
    .map((migration) => migration.sql)
    .join('\n');
  const tables = [...sql.matchAll(/CREATE TABLE "(\w+)" \(([\s\S]*?)\n\)/g)].map(
    ([, table, body]) => [
      table,
      [...(body ?? '').matchAll(/^ {4}"(\w+)"/gm)].map(([, column]) => column),
    ],
  );
  // By what they index: PostgreSQL shortens long names.
  const indexes = [...sql.matchAll(/CREATE ((?:UNIQUE )?INDEX) "\w+" (ON [^;]+);/g)].map(
    ([, word, definition]) => `${word} ${definition}`,
  );
  return { tables, indexes: indexes.toSorted() };
};

describe('migrations', () => {
  test.each(['sqlite', 'postgresql'] as const)('lead to the data model on %s', async (provider) => {
    const models = { from: read('migrations/snapshot.prisma'), to: read('schema.prisma') };
    expect(await diffSchemas(provider, models)).toContain('This is an empty migration.');
  });

  test('have the same numbers and names for both databases', () => {
    expect(names('sqlite')).toEqual(names('postgresql'));
    expect(names('sqlite').length).toBeGreaterThan(0);
  });

  test('make the same tables, columns and indexes for both databases', () => {
    expect(shape('sqlite')).toEqual(shape('postgresql'));
    expect(shape('sqlite').tables.length).toBeGreaterThan(30);
  });
});

describe('a SQLite file', () => {
  let home = '';
  let settings: Settings = readSettings({});
  const file = () => join(home, 'prefect-server.db');

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'prefect-server-migrations-'));
    settings = readSettings({ PREFECT_HOME: home, PREFECT_SERVER_LOGGING_LEVEL: 'ERROR' });
  });
  afterEach(() => rmSync(home, { recursive: true }));

  const change = (sql: string): void => {
    const database = new DatabaseSync(file());
    database.exec(sql);
    database.close();
  };

  test("that Prefect's own server made is refused and left as it is", async () => {
    change(
      "CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('abc')",
    );
    const before = readFileSync(file());
    await expect(upgradeDatabase(settings)).rejects.toThrow(/made by Prefect's own server/);
    await expect(resetDatabase(settings)).rejects.toThrow(/made by Prefect's own server/);
    expect(readFileSync(file()).equals(before)).toBe(true);
    expect(readdirSync(home)).toEqual(['prefect-server.db']);
  });

  test('of a newer server is refused with its migration named', async () => {
    await upgradeDatabase(settings);
    change("INSERT INTO _migration VALUES ('9999_future', 'x', 'now')");
    await expect(upgradeDatabase(settings)).rejects.toThrow(/newer than this server.*9999_future/);
  });

  test('whose migration was changed afterwards is refused', async () => {
    await upgradeDatabase(settings);
    change("UPDATE _migration SET checksum = 'other'");
    await expect(upgradeDatabase(settings)).rejects.toThrow(/was changed after it was applied/);
  });

  test('that is older is refused when the server may not migrate', async () => {
    const careful = withSettings(settings, { database: { migrateOnStart: false } });
    await expect(openDatabase(careful, createLog(settings))).rejects.toThrow(/database upgrade/);
  });

  test('is brought up to date once', async () => {
    expect(await upgradeDatabase(settings)).toEqual(
      knownMigrations('sqlite').map(({ name }) => name),
    );
    expect(await upgradeDatabase(settings)).toEqual([]);
  });

  test('is empty after a reset', async () => {
    await upgradeDatabase(settings);
    change("INSERT INTO saved_search VALUES ('a', 1, 1, 'mine', '[]')");
    await resetDatabase(settings);
    const db = await openDatabase(settings, createLog(settings));
    const all = statement<[], { readonly id: string }>('SELECT id FROM saved_search');
    expect(await db.read(() => rows(all()))).toEqual([]);
    await db.close();
  });
});

describeEachDatabase('foreign keys', (db) => {
  test('are enforced', async () => {
    const orphan = statement<[]>(
      "INSERT INTO flow_run_input (id, created, updated, flow_run_id, key, value) VALUES ('a', 1, 1, 'none', 'k', 'v')",
    );
    await expect(db.ctx.db.write(() => rows(orphan()))).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { constraint: 'foreign_key' },
    });
  });
});
