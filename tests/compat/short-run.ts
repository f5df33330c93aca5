/**
 * What a worker starts in place of a flow where many runs are wanted: says RUNNING, writes down that it was executed,
 * says COMPLETED. `node short-run.ts FILE`, with the run and the server in the environment.
 */
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';

import { patientCall } from './rest-call.ts';

const id = process.env['PREFECT__FLOW_RUN_ID'] ?? '';
const url = (process.env['PREFECT_API_URL'] ?? '').replace(/\/api$/u, '');

const propose = async (type: string): Promise<string> => {
  const state = { type, state_details: { transition_id: randomUUID() } };
  const path = `/flow_runs/${id}/set_state`;
  return (await patientCall<{ readonly status: string }>(url, path, { body: { state } })).status;
};

const status = await propose('RUNNING');
if (status !== 'ACCEPT') throw new Error(`the run may not start: ${status}`);
appendFileSync(process.argv[2] ?? '', `${id} ${process.pid} ${Date.now() / 1000}\n`);
await propose('COMPLETED');
