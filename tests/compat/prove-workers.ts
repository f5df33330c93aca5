/**
 * Lets real workers do many runs of three queues of different priority and limits, restarts the server when half of
 * them are done, and checks that none is lost or doubled and that priorities and limits were kept.
 *
 *   node tests/compat/prove-workers.ts [--runs 200] [--client 3.9.1] [--signal SIGTERM] [--short] [--workers 1] [--two-servers]
 *
 * `--short` lets the workers start a short script in place of a flow; `--two-servers` is on PostgreSQL, where a second
 * server goes on while the first restarts.
 */
import { parseArgs } from 'node:util';

import { startExaminedServer } from '#tests/support/replay/server.ts';

import { compatDatabase } from './compat-database.ts';
import { pythonClient } from './python-client.ts';
import { proveQueues } from './queue-proof.ts';
import { stageOf } from './stage.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    client: { type: 'string', default: '3.9.1' },
    short: { type: 'boolean', default: false },
    signal: { type: 'string', default: 'SIGTERM' },
    workers: { type: 'string', default: '1' },
    'two-servers': { type: 'boolean', default: false },
  },
});

const version = values.client === '3.8.8' ? '3.8.8' : '3.9.1';
const client = await pythonClient(version);
if ('skipped' in client) throw new Error(client.skipped);
await using database = await compatDatabase(values['two-servers'] ? 'postgresql' : 'sqlite');
await using open = await stageOf(client, { version, env: database.settings });
const other = values['two-servers'] ? await startExaminedServer({ env: database.settings }) : null;
const report = await proveQueues(open, {
  workers: Number(values.workers),
  ...(other !== null && { otherUrl: other.url }),
  runs: Number(values.runs),
  isShort: values.short,
  restartWith: values.signal === 'SIGKILL' ? 'SIGKILL' : 'SIGTERM',
  withinMillis: 3_600_000,
  say: (what) => console.log(new Date().toISOString(), what),
});
console.log({ ...report, faults: report.faults.slice(0, 40), faultCount: report.faults.length });
await other?.stop();
process.exitCode = report.faults.length === 0 ? 0 : 1;
