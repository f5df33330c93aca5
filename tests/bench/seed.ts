/**
 * Fills an empty database of this server with large, always equal data, written by the database itself:
 *
 *   node tests/bench/seed.ts FILE|postgresql://… [--runs 100000] [--scheduled 10000] [--day-runs 0]
 *
 * Thirty days of flow runs in 50 flows, 100 deployments and 3 pools: 85 % completed, 5 % failed, 3 % crashed, 5 % yet
 * scheduled, 2 % running, three states each; five task runs and ten log lines for each of the newest 50,000; one pool
 * with many scheduled runs; one run with 100,000 log lines. `--day-runs` adds as many to the last 24 hours.
 */
import { parseArgs } from 'node:util';

import { seedStatements } from './seed-statements.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '100000' },
    scheduled: { type: 'string', default: '10000' },
    'day-runs': { type: 'string', default: '0' },
  },
});

const [target] = positionals;
if (target === undefined) throw new Error('Name a SQLite file or a postgresql:// address.');

const options = {
  runs: Number(values.runs),
  scheduled: Number(values.scheduled),
  dayRuns: Number(values['day-runs']),
  bigLog: 100_000,
  nowMicros: Date.now() * 1000,
};

const startedAt = performance.now();
const say = (what: string): void =>
  console.log(`${((performance.now() - startedAt) / 1000).toFixed(1)} s  ${what}`);

if (target.startsWith('postgres')) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: target });
  await client.connect();
  for (const { table, sql } of seedStatements('postgresql', options)) {
    const { rowCount } = await client.query(sql);
    say(`${table}: ${rowCount}`);
  }
  await client.query('VACUUM ANALYZE');
  await client.end();
} else {
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(target);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -500000');
  database.exec('PRAGMA foreign_keys = OFF');
  for (const { table, sql } of seedStatements('sqlite', options)) {
    const { changes } = database.prepare(sql).run();
    say(`${table}: ${changes}`);
  }
  database.exec('ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
}
say('done');
