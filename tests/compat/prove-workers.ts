/**
 * Lets a real worker do many runs of three queues of different priority and limits, restarts the server when half of
 * them are done, and checks that none is lost or doubled and that priorities and limits were kept.
 *
 *   node tests/compat/prove-workers.ts [--runs 200] [--client 3.9.1] [--signal SIGTERM] [--short]
 *
 * `--short` lets the worker start a short script in place of a flow.
 */
import { parseArgs } from 'node:util';

import { pythonClient } from './python-client.ts';
import { proveQueues } from './queue-proof.ts';
import { stageOf } from './stage.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    client: { type: 'string', default: '3.9.1' },
    short: { type: 'boolean', default: false },
    signal: { type: 'string', default: 'SIGTERM' },
  },
});

const version = values.client === '3.8.8' ? '3.8.8' : '3.9.1';
const client = await pythonClient(version);
if ('skipped' in client) throw new Error(client.skipped);
await using open = await stageOf(client, { version });
const report = await proveQueues(open, {
  runs: Number(values.runs),
  isShort: values.short,
  restartWith: values.signal === 'SIGKILL' ? 'SIGKILL' : 'SIGTERM',
  withinMillis: 3_600_000,
  say: (what) => console.log(new Date().toISOString(), what),
});
console.log({ ...report, faults: report.faults.slice(0, 40), faultCount: report.faults.length });
process.exitCode = report.faults.length === 0 ? 0 : 1;
