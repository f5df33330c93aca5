/**
 * Puts many real Python clients on the server and checks that nothing acknowledged is lost.
 *
 *   node tests/compat/load-clients.ts [--processes 20] [--tasks 50] [--kill-after SECONDS]
 *     [--database postgresql] [--servers 2]
 *
 * `--kill-after` ends the server with SIGKILL in the middle and starts it again at once.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { startExaminedServer } from '#tests/support/replay/server.ts';

import { integrityFaults, runClientLoad } from './client-load.ts';
import { compatDatabase } from './compat-database.ts';
import { pythonClient } from './python-client.ts';
import { troubleIn } from './trouble.ts';

const { values } = parseArgs({
  options: {
    processes: { type: 'string', default: '20' },
    tasks: { type: 'string', default: '50' },
    servers: { type: 'string', default: '1' },
    database: { type: 'string', default: 'sqlite' },
    'kill-after': { type: 'string' },
  },
});

const client = await pythonClient('3.9.1');
if ('skipped' in client) throw new Error(client.skipped);
const folder = mkdtempSync(join(tmpdir(), 'prefect-load-'));
await using database = await compatDatabase(
  values.database === 'postgresql' ? 'postgresql' : 'sqlite',
);

const start = (index: number, port?: number) =>
  startExaminedServer({
    home: join(folder, `server-${index}`),
    env: database.settings,
    ...(port === undefined ? {} : { port }),
  });
// One after the other, because the first one makes the tables.
const servers: Awaited<ReturnType<typeof start>>[] = [];
for (let index = 0; index < Number(values.servers); index += 1) servers.push(await start(index));

let logs = '';
const killAndRestart = async (): Promise<void> => {
  if (values['kill-after'] === undefined) return;
  await pause(Number(values['kill-after']) * 1000);
  const [first] = servers;
  if (first === undefined) return;
  logs += first.log();
  await first.stop('SIGKILL');
  console.log('killed; integrity after the kill:', integrityFaults(join(folder, 'server-0')));
  servers[0] = await start(0, Number(new URL(first.url).port));
  console.log(`started again in ${Math.round(servers[0].readyAfterMillis)} ms`);
};

try {
  const urls = servers.map(({ url }) => url);
  const report = await runClientLoad(
    { ...client, url: urls[0] ?? '', folder },
    { processes: Number(values.processes), tasks: Number(values.tasks), urls },
    killAndRestart,
  );
  logs += servers.map((server) => server.log()).join('');
  for (const server of servers) await server.stop();
  const faults = [...report.faults, ...integrityFaults(folder), ...troubleIn(logs)];
  console.log({ ...report, faults: faults.slice(0, 40), faultCount: faults.length });
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  for (const server of servers) await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
