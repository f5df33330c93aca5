import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Context } from '#server/context.ts';
import { one, rows } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import { openTestContext } from '#tests/support/database.ts';
import { waitFor } from '#tests/support/wait-for.ts';

const sleep = statement<[], { readonly slept: string }>('SELECT pg_sleep(30) AS slept');
const sleepers = statement<[], { readonly total: number }>(
  `SELECT count(*) AS total FROM pg_stat_activity
   WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep%' AND state = 'active'`,
);
const cutOthers = statement<[], { readonly pid: number }>(
  `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
   WHERE datname = current_database() AND pid <> pg_backend_pid()`,
);

let ctx: Context;
let close = async (): Promise<void> => undefined;

beforeAll(async () => {
  ({ ctx, close } = await openTestContext('postgresql', { loggingLevel: 'CRITICAL' }));
});
afterAll(() => close());

test('connections that break while they are used refuse their work and end nothing else', async () => {
  const work = () => rows(sleep());
  const used = Promise.allSettled([ctx.db.write(work), ctx.db.write(work), ctx.db.read(work)]);
  await waitFor(async () => Number((await ctx.db.read(() => one(sleepers())))?.total) === 3, {
    what: 'three sleepers',
  });
  await ctx.db.read(() => rows(cutOthers()));
  expect(await used).toMatchObject(
    Array.from({ length: 3 }, () => ({ status: 'rejected', reason: { code: 'UNAVAILABLE' } })),
  );
  // The connection that asked for it was spared; the others are made anew.
  const again = () => one(sleepers());
  await waitFor(() => ctx.db.write(again).catch(() => null), { what: 'a new connection' });
});
