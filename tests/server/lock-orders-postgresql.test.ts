import { expect, test } from 'vitest';

import { openDatabase } from '#server/db/open.ts';
import { one } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import { openTestContext } from '#tests/support/database.ts';
import { storm } from '#tests/support/storm.ts';

const readDeadlocks = statement<[], { readonly deadlocks: number }>(
  'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
);

test('who removes things waits for those who use them, and nobody waits in a circle', async () => {
  const { ctx, close } = await openTestContext('postgresql', { loggingLevel: 'CRITICAL' });
  const db = await openDatabase(ctx.settings, ctx.log);
  await storm({ ...ctx, db }, { seed: 1, clients: 8, calls: 120 });
  // A connection tells what it counted when it ends, if not before.
  await db.close();
  expect(await ctx.db.read(() => one(readDeadlocks()))).toEqual({ deadlocks: 0 });
  expect(await ctx.db.prisma.event.count()).toBeGreaterThan(100);
  await close();
}, 60_000);
