/**
 * Measures this server beside a real Prefect server on the same machine, in turns.
 *
 *   npm run bench -- [--database sqlite,postgresql] [--rounds 3] [--seconds 4] [--only TEXT]
 *     [--start-up] [--alone] [--out FILE]
 *
 * The real server is the one whose `prefect` program `PREFECT_BENCH_REAL` names, else that of the
 * Python client which the compatibility suite installs; without either, only ours is driven.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { pythonClient } from '#tests/compat/python-client.ts';

import { measure } from './measure.ts';
import { postgresqlFolder } from './postgresql.ts';
import { describeMachine, scenarioRow, startUpTable, tableHead } from './report.ts';
import { scenarios } from './scenarios/index.ts';
import type { BenchServer, DatabaseKind } from './servers.ts';
import { startBenchServer } from './servers.ts';
import { measureStartUp } from './start-up.ts';
import type { Target } from './target.ts';
import { closeConnections } from './target.ts';

const { values } = parseArgs({
  options: {
    database: { type: 'string', default: 'sqlite,postgresql' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    only: { type: 'string', default: '' },
    out: { type: 'string' },
    alone: { type: 'boolean', default: false },
    'start-up': { type: 'boolean', default: false },
  },
});

const lines: string[] = [];
const say = (...more: readonly string[]): void => {
  for (const line of more) console.log(line);
  lines.push(...more);
  if (values.out !== undefined) writeFileSync(values.out, `${lines.join('\n')}\n`);
};

const findReal = async (): Promise<string | null> => {
  if (values.alone) return null;
  const given = process.env['PREFECT_BENCH_REAL'];
  if (given !== undefined) return given;
  const client = await pythonClient('3.9.1');
  if (!('skipped' in client)) return client.prefect;
  say(`The real server is left out: ${client.skipped}.`, '');
  return null;
};

const startAll = async (
  names: readonly Target['name'][],
  options: { readonly prefect: string; readonly kind: DatabaseKind },
): Promise<readonly BenchServer[]> => {
  const servers: BenchServer[] = [];
  for (const name of names) {
    servers.push(await startBenchServer({ name, ...options, postgresqlBin: postgresqlFolder() }));
  }
  return servers;
};

const runScenarios = async (servers: readonly BenchServer[], kind: DatabaseKind): Promise<void> => {
  const options = { rounds: Number(values.rounds), seconds: Number(values.seconds) };
  const targets = servers.map(({ target }) => target);
  say('', `## ${servers[0]?.database}`, '', describeMachine(), '', ...tableHead());
  for (const scenario of scenarios.filter(({ name }) => name.includes(values.only))) {
    const measured = await measure(scenario, { targets, ...options });
    say(scenarioRow(scenario, kind, measured));
    for (const { target, firstError } of measured) {
      if (firstError !== null) console.log(`  ${target}: ${firstError}`);
    }
    closeConnections();
  }
};

const real = await findReal();
const names: readonly Target['name'][] = real === null ? ['ours'] : ['ours', 'real'];
const prefect = real ?? '';

if (values.only === '' || values['start-up']) {
  say('## Start-up and memory', '', describeMachine(), '');
  say(...startUpTable(await measureStartUp({ names, prefect, rounds: Number(values.rounds) })));
}

for (const kind of ['sqlite', 'postgresql'] as const) {
  if (!values.database.includes(kind) || values['start-up']) continue;
  if (kind === 'postgresql' && postgresqlFolder() === null) {
    say('', 'PostgreSQL is left out: BENCH_POSTGRESQL_BIN names no installation.');
    continue;
  }
  const servers = await startAll(names, { prefect, kind });
  try {
    await runScenarios(servers, kind);
  } finally {
    for (const server of servers) await server.stop();
  }
}
