/**
 * Two servers on one PostgreSQL, pollers that do runs as workers do (through REST), schedules every two seconds; one
 * server is killed half-way. Checks that each run was executed once and that no date of a schedule is missing or twice.
 *
 *   node tests/compat/prove-two-servers.ts [--runs 2000] [--pollers 10]
 */
import { parseArgs } from 'node:util';

import { startExaminedServer } from '#tests/support/replay/server.ts';

import { compatDatabase } from './compat-database.ts';
import { SCHEDULER_SETTINGS, provePollers } from './poller-proof.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    pollers: { type: 'string', default: '10' },
  },
});

await using database = await compatDatabase('postgresql');
const env = { ...database.settings, ...SCHEDULER_SETTINGS };
const survivor = await startExaminedServer({ env });
const victim = await startExaminedServer({ env });
try {
  const report = await provePollers({
    survivor,
    victim,
    runs: Number(values.runs),
    pollers: Number(values.pollers),
    withinMillis: 1_800_000,
  });
  console.log({ ...report, faults: report.faults.slice(0, 40), faultCount: report.faults.length });
  process.exitCode = report.faults.length === 0 ? 0 : 1;
} finally {
  await victim.stop('SIGKILL');
  await survivor.stop();
}
