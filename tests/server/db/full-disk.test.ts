import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { run } from '#server/db/script.ts';
import { openSqlite } from '#server/db/sqlite/database.ts';
import { statement } from '#server/db/statement.ts';

const insert = statement<[text: string]>('INSERT INTO line VALUES (?)');

test('a write that does not fit the disk is refused, and those that wait behind it are done', async () => {
  const home = mkdtempSync(join(tmpdir(), 'prefect-server-full-'));
  const db = openSqlite({ path: join(home, 'full.db'), maxWaitMillis: 0, isDurable: false });
  db.sqlite.exec('CREATE TABLE line (text TEXT); PRAGMA max_page_count = 20');
  const write = (text: string): Promise<void> => db.write(() => run(insert(text)));
  const results = await Promise.allSettled([write('x'.repeat(200_000)), write('behind')]);
  expect(results).toMatchObject([
    { status: 'rejected', reason: { code: 'UNAVAILABLE' } },
    { status: 'fulfilled' },
  ]);
  expect(db.sqlite.prepare('SELECT text FROM line').all()).toEqual([{ text: 'behind' }]);
  await db.close();
  rmSync(home, { recursive: true, force: true });
});
