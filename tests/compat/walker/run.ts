import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import fc from 'fast-check';

import { type WalkRequest, walkRequests } from './requests.ts';
import { SCENARIOS } from './scenarios/all.ts';
import { walkBoth } from './walk.ts';

const { values } = parseArgs({
  options: {
    real: { type: 'string' },
    ours: { type: 'string' },
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '2000' },
    scenario: { type: 'string' },
  },
});

if (values.real === undefined || values.ours === undefined) {
  throw new Error('Name both servers: --real http://… --ours http://…');
}

const urls = { real: values.real, ours: values.ours };

const tell = async (title: string, requests: readonly WalkRequest[]): Promise<void> => {
  const { statuses, differences } = await walkBoth(urls, requests);
  console.log(title, Object.fromEntries(statuses));
  for (const line of differences) console.log(line);
};

if (values.scenario === undefined) {
  const document = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../reference/openapi.json'), 'utf8'),
  );
  const random = { seed: Number(values.seed), numRuns: Number(values.steps) };
  await tell(`seed ${values.seed}`, fc.sample(walkRequests(document), random));
} else {
  // An empty word stands for all of them.
  const { scenario } = values;
  for (const { name, steps } of SCENARIOS) if (name.includes(scenario)) await tell(name, steps);
}
