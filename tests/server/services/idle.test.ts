import { DatabaseSync } from 'node:sqlite';

import pg from 'pg';
import { afterEach, expect, test } from 'vitest';

import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import type { Context } from '#server/context.ts';
import { failed, pending, running } from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import { parseSchedule } from '#server/schedules/wire.ts';
import { listServices } from '#server/services/index.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { buildDeployment } from '#tests/support/deployments.ts';

interface Watch {
  /** A text that is another one after anything was written. */
  read(): Promise<string>;
  close(): Promise<void>;
}

const watchSqlite = (path: string): Watch => {
  const file = new DatabaseSync(path);
  return {
    // Changes with each commit of another connection that wrote something.
    read: async () => JSON.stringify(file.prepare('PRAGMA data_version').get()),
    close: async () => file.close(),
  };
};

const watchPostgresql = async (url: string): Promise<Watch> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const tables = await client.query<{ name: string }>(
    `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  const prints = tables.rows.map(
    ({ name }) =>
      `SELECT '${name}' AS name, count(*) AS rows, max(xmin::text::bigint) AS written FROM ${name}`,
  );
  return {
    read: async () => JSON.stringify((await client.query(prints.join(' UNION ALL '))).rows),
    close: () => client.end(),
  };
};

const watch = (ctx: Context): Watch | Promise<Watch> => {
  const { target } = ctx.settings.database;
  return target.kind === 'postgresql' ? watchPostgresql(target.url) : watchSqlite(target.path);
};

describeEachDatabase('The services of a server with nothing to do', (db) => {
  const watches: Watch[] = [];
  afterEach(async () => {
    for (const watched of watches.splice(0)) await watched.close();
  });

  test('write nothing', async () => {
    const { ctx } = db;
    const schedules = [{ schedule: parseSchedule({ interval: 3600, timezone: 'UTC' }) }];
    const { id: deploymentId, flowId } = await buildDeployment(ctx, { schedules });
    const { flowRun } = await createFlowRun(ctx, { flowId, deploymentId, state: pending() });
    const propose = (proposed: ReturnType<typeof pending>) =>
      setFlowRunState(ctx, { flowRunId: flowRun.id, proposed });
    const services = listServices();
    const watched = await watch(ctx);
    watches.push(watched);
    const before = await watched.read();
    await propose(running());
    expect(await watched.read()).not.toBe(before);
    await propose(failed('for the test'));
    for (let turn = 0; turn < 2; turn += 1) {
      for (const service of services) await service.runOnce(ctx);
    }
    const writers: string[] = [];
    for (const service of services) {
      const settled = await watched.read();
      await service.runOnce(ctx);
      if ((await watched.read()) !== settled) writers.push(service.name);
    }
    expect(writers).toEqual([]);
  });
});
