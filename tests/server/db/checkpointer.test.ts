import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { run } from '#server/db/script.ts';
import { type SqliteDatabase, openSqlite } from '#server/db/sqlite/database.ts';
import { statement } from '#server/db/statement.ts';

const createNote = statement<[]>('CREATE TABLE note (text BLOB)');
const insertNote = statement<[bytes: number]>('INSERT INTO note VALUES (randomblob(?))');

interface LogOfWrites {
  readonly log: number;
  readonly checkpointed: number;
}

let home = '';
let path = '';
let db: SqliteDatabase;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'prefect-server-checkpointer-'));
  path = join(home, 'notes.db');
  db = openSqlite({ path, maxWaitMillis: 10_000, isDurable: false });
});
afterEach(async () => {
  await db.close();
  rmSync(home, { recursive: true });
});

/** Pages of the log, and how many of them the database has too. */
const look = (): LogOfWrites => {
  const other = new DatabaseSync(path, { readOnly: true });
  const found = other.prepare('PRAGMA wal_checkpoint(NOOP)').get();
  other.close();
  return { log: Number(found?.['log']), checkpointed: Number(found?.['checkpointed']) };
};

const write = async (commits: number, bytes: number): Promise<void> => {
  await db.write(() => run(createNote()));
  for (let commit = 0; commit < commits; commit += 1) {
    await db.write(() => run(insertNote(bytes)));
  }
};

test('leaves a short log alone', async () => {
  await write(100, 100);
  expect(look()).toEqual({ log: expect.toSatisfy((pages) => pages >= 100), checkpointed: 0 });
});

test('copies a long log without another commit, and begins it anew', async () => {
  await write(96, 200_000);
  await vi.waitFor(() => expect(look().checkpointed).toBeGreaterThan(4000), { timeout: 10_000 });
  await vi.waitFor(async () => {
    await db.write(() => run(insertNote(200_000)));
    expect(look().log).toBeLessThan(4000);
  });
});

test('closes while the log is copied, and loses nothing', async () => {
  await write(96, 200_000);
  await db.close();
  db = openSqlite({ path, maxWaitMillis: 10_000, isDurable: false });
  const notes = db.sqlite.prepare('SELECT count(*) AS count, sum(length(text)) AS bytes FROM note');
  expect({ ...notes.get() }).toEqual({ count: 96, bytes: 96 * 200_000 });
});
