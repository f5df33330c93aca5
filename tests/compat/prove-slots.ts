/**
 * Lets real clients use a global limit from many processes, kills holders with SIGKILL, and checks that there are never
 * more holders than slots and that the slots of the dead come back with their leases.
 *
 *   node tests/compat/prove-slots.ts [--processes 20] [--slots 5] [--kills 5] [--client 3.9.1]
 */
import { parseArgs } from 'node:util';

import { pythonClient } from './python-client.ts';
import { proveSlots } from './slots-proof.ts';
import { stageOf } from './stage.ts';

const { values } = parseArgs({
  options: {
    processes: { type: 'string', default: '20' },
    slots: { type: 'string', default: '5' },
    kills: { type: 'string', default: '5' },
    client: { type: 'string', default: '3.9.1' },
  },
});

const version = values.client === '3.8.8' ? '3.8.8' : '3.9.1';
const client = await pythonClient(version);
if ('skipped' in client) throw new Error(client.skipped);
await using open = await stageOf(client, { version });
const report = await proveSlots(open.stage, {
  processes: Number(values.processes),
  slots: Number(values.slots),
  kills: Number(values.kills),
  withinMillis: 600_000,
  say: (what) => console.log(new Date().toISOString(), what),
});
console.log(report);
process.exitCode = report.faults.length === 0 ? 0 : 1;
