import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import fc from 'fast-check';

import { walkRequests } from './requests.ts';
import { walkBoth } from './walk.ts';

const { values } = parseArgs({
  options: {
    real: { type: 'string' },
    ours: { type: 'string' },
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '2000' },
  },
});

if (values.real === undefined || values.ours === undefined) {
  throw new Error('Name both servers: --real http://… --ours http://…');
}

const document = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../reference/openapi.json'), 'utf8'),
);
const requests = fc.sample(walkRequests(document), {
  seed: Number(values.seed),
  numRuns: Number(values.steps),
});
const { statuses, differences } = await walkBoth(
  { real: values.real, ours: values.ours },
  requests,
);
console.log(Object.fromEntries(statuses));
for (const line of differences) console.log(line);
