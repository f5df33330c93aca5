import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { openDatabase } from '#server/db/open.ts';
import { one } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import { createLog } from '#server/log.ts';
import { readSettings } from '#server/settings.ts';

const readSynchronous = statement<[], { readonly synchronous: number }>('PRAGMA synchronous');

test.each([
  [{}, 1],
  [{ PREFECT_SERVER_DATABASE_SQLITE_SYNCHRONOUS: 'FULL' }, 2],
])('SQLite commits as the setting says: %j', async (variables, expected) => {
  const home = mkdtempSync(join(tmpdir(), 'prefect-server-synchronous-'));
  const settings = readSettings({
    PREFECT_HOME: home,
    PREFECT_SERVER_LOGGING_LEVEL: 'ERROR',
    ...variables,
  });
  const db = await openDatabase(settings, createLog(settings));
  const row = await db.write(() => one(readSynchronous()));
  await db.close();
  rmSync(home, { recursive: true });
  expect(row?.synchronous).toBe(expected);
});
