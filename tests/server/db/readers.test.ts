import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { upgradeDatabase } from '#server/db/open.ts';
import { one, run } from '#server/db/script.ts';
import { type SqliteDatabase, openSqlite } from '#server/db/sqlite/database.ts';
import { statement } from '#server/db/statement.ts';
import { readSettings } from '#server/settings.ts';

const insertFlow = statement<[id: string]>(
  `INSERT INTO flow (id, created, updated, name, tags) VALUES (?, 1, 2, 'flow', '[]')`,
);
const readFlow = statement<[id: string], { readonly id: string; readonly updated: number }>(
  'SELECT id, updated FROM flow WHERE id = ?',
);
const countFar = statement<[], { readonly count: number }>(
  `WITH RECURSIVE far(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM far WHERE n < 1000000)
   SELECT count(*) AS count FROM far`,
);
const broken = statement<[]>('SELECT id FROM nowhere');

describe('a large SQLite file', () => {
  let home = '';
  let db: SqliteDatabase;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'prefect-server-readers-'));
    await upgradeDatabase(
      readSettings({ PREFECT_HOME: home, PREFECT_SERVER_LOGGING_LEVEL: 'ERROR' }),
    );
    const path = join(home, 'prefect-server.db');
    db = openSqlite({ path, maxWaitMillis: 10_000, isDurable: false, largeBytes: 0 });
  });
  afterAll(async () => {
    await db.close();
    rmSync(home, { recursive: true });
  });

  test('refuses what it cannot read, and reads on', async () => {
    await expect(db.readAside(broken())).rejects.toThrow(/no such table: nowhere/);
    expect(await db.readAside(readFlow('none'))).toEqual([]);
  });

  test('shows a long read what was committed before it', async () => {
    await db.write(() => run(insertFlow('a')));
    expect(await db.readAside(readFlow('a'))).toEqual([{ id: 'a', updated: 2 }]);
  });

  test('serves others while it is read', async () => {
    const done: string[] = [];
    const long = db.readAside(countFar()).then(([row]) => {
      done.push('long');
      return row;
    });
    const short = db.read(() => one(readFlow('a'))).then(() => done.push('short'));
    await Promise.all([long, short]);
    expect(await long).toEqual({ count: 1_000_000 });
    expect(done).toEqual(['short', 'long']);
  });

  test('takes more reads than it has threads', async () => {
    const reads = Array.from({ length: 20 }, () => db.readAside(readFlow('a')));
    expect((await Promise.all(reads)).map((found) => found.length)).toEqual(
      Array.from({ length: 20 }, () => 1),
    );
  });

  test('refuses reads when too many wait', async () => {
    const reads = Array.from({ length: 300 }, () => db.readAside(readFlow('a')));
    const results = await Promise.allSettled(reads);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBeGreaterThan(50);
    expect(String(refused[0]?.reason)).toContain('Too many long reads');
  });
});
