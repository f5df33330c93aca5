import pg from 'pg';
import { beforeAll, expect, test } from 'vitest';

import type { Context } from '#server/context.ts';
import { rows, type Script } from '#server/db/script.ts';
import type { Query } from '#server/db/statement.ts';
import { countFlowRuns } from '#server/queries/flow-run/filter-flow-runs.ts';
import { type SeedOptions, seedStatements } from '#tests/bench/seed-statements.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

import { COMMON_REQUESTS, type Seeded } from './common-requests.ts';
import { SERVICE_TICKS } from './service-ticks.ts';

// The database that is asked is small, so what it would do on a large one is told by its plan: no request may read a
// whole table of runs, states, logs or events, unless it walks along an index and stops at the end of its page.

const LARGE =
  'flow_run|task_run|flow_run_state|task_run_state|log|event|event_resource|flow_run_tag';

const SEED: SeedOptions = {
  runs: 1000,
  scheduled: 50,
  dayRuns: 0,
  bigLog: 100,
  nowMicros: Date.now() * 1000,
};

/** Notes the queries of a script as it runs. */
function* noted<T>(script: Script<T>, queries: Query<unknown>[]): Script<T> {
  let turn = script.next([]);
  while (turn.done !== true) {
    if (turn.value.kind !== 'announce') queries.push(turn.value.query);
    turn = script.next(yield turn.value);
  }
  return turn.value;
}

/** The queries that a request comes to. */
const queriesOf = async (
  ctx: Context,
  request: (ctx: Context) => Promise<unknown>,
): Promise<readonly Query<unknown>[]> => {
  const queries: Query<unknown>[] = [];
  await request({
    ...ctx,
    db: {
      ...ctx.db,
      read: (script) => ctx.db.read(() => noted(script(), queries)),
      write: (script) => ctx.db.write(() => noted(script(), queries)),
      readAside: (query) => {
        queries.push(query);
        return ctx.db.readAside(query);
      },
    },
  });
  return queries;
};

const sqlitePlan = async (ctx: Context, query: Query<unknown>): Promise<readonly string[]> => {
  const { parameters } = query;
  const explain: Query<{ readonly detail: string }> = {
    parameters,
    sql: (dialect) => `EXPLAIN QUERY PLAN ${query.sql(dialect)}`,
    name: undefined,
  };
  return (await ctx.db.read(() => rows(explain))).map(({ detail }) => detail);
};

const sqliteScan = (text: string): RegExp =>
  / limit /i.test(text)
    ? new RegExp(`^SCAN (${LARGE})(?! USING )`)
    : new RegExp(`^SCAN (${LARGE})\\b`);

const POSTGRESQL_SCAN = new RegExp(`Seq Scan on "?(${LARGE})"?\\b`);

const postgresqlPlan = async (
  planner: pg.Client,
  query: Query<unknown>,
): Promise<readonly string[]> => {
  const plan = await planner.query<{ readonly 'QUERY PLAN': string }>(
    `EXPLAIN ${query.sql('postgresql')}`,
    [...query.parameters],
  );
  return plan.rows.map((row) => row['QUERY PLAN']);
};

// A reader of the plan would have it that a scan is cheap on a small table, so it is told that none is.
const openPlanner = async (ctx: Context): Promise<pg.Client | null> => {
  const { target } = ctx.settings.database;
  if (target.kind === 'sqlite') return null;
  const client = new pg.Client({ connectionString: target.url });
  // The database goes with its connections at the end.
  client.on('error', () => undefined);
  await client.connect();
  await client.query('SET enable_seqscan = off');
  return client;
};

describeEachDatabase('The plan of', (db) => {
  const seeded: { value: Seeded | null; planner: pg.Client | null } = {
    value: null,
    planner: null,
  };

  beforeAll(async () => {
    const { ctx } = db;
    for (const { sql } of seedStatements(db.kind, SEED)) {
      const query: Query<never> = { sql: () => sql, name: undefined, parameters: [] };
      await ctx.db.write(() => rows(query));
    }
    const first = async (
      table: 'flow' | 'flowRun' | 'deployment' | 'workPool',
    ): Promise<string> => {
      const query = ctx.db.builder.selectFrom(table).select('id').limit(1);
      const [row] = await ctx.db.read(() => rows(query));
      return row?.id ?? '';
    };
    seeded.value = {
      flowId: await first('flow'),
      flowRunId: await first('flowRun'),
      deploymentId: await first('deployment'),
      workPoolId: await first('workPool'),
    };
    seeded.planner = await openPlanner(ctx);
    return async () => seeded.planner?.end();
  });

  /** The steps of the plans of a request that read a large table as a whole. */
  const scansOf = async (
    ask: (ctx: Context, seeded: Seeded) => Promise<unknown>,
  ): Promise<readonly string[]> => {
    const { value, planner } = seeded;
    if (value === null) throw new Error('The database is not seeded.');
    const queries = await queriesOf(db.ctx, (ctx) => ask(ctx, value));
    expect(queries.length).toBeGreaterThan(0);
    const scans: string[] = [];
    for (const query of queries) {
      const text = query.sql(db.kind);
      const steps =
        planner === null ? await sqlitePlan(db.ctx, query) : await postgresqlPlan(planner, query);
      const scan = planner === null ? sqliteScan(text) : POSTGRESQL_SCAN;
      scans.push(...steps.filter((step) => scan.test(step)));
    }
    return scans;
  };

  test('a count of what no index tells names the table that it reads', async () => {
    const scans = await scansOf((ctx) =>
      countFlowRuns(ctx, { filter: { createdBy: { isNull: false } } }),
    );
    expect(scans.join()).toContain('flow_run');
  });

  test.each([...COMMON_REQUESTS, ...SERVICE_TICKS])(
    '$name reads no large table as a whole',
    async ({ ask }) => {
      expect(await scansOf(ask)).toEqual([]);
    },
  );
});
