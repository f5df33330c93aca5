import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { startOurServer, startRealServer } from '#tests/support/replay/server.ts';

import { COMPAT_DATABASES, compatDatabase } from '../compat-database.ts';
import { KNOWN_WALK_DIFFERENCES } from './known-differences.ts';
import { type WalkRequest, sampleWalk } from './requests.ts';
import { SCENARIOS } from './scenarios/all.ts';
import { ALONE, QUIET, WALK_SETTINGS } from './settings.ts';
import { type WalkUrls, walk } from './walk.ts';

const { values } = parseArgs({
  options: {
    real: { type: 'string' },
    ours: { type: 'string' },
    prefect: { type: 'string' },
    database: { type: 'string', default: 'sqlite' },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    steps: { type: 'string', default: '2000' },
    only: { type: 'string' },
    scenario: { type: 'string' },
    operations: { type: 'boolean', default: false },
    answers: { type: 'string' },
  },
});

const unexplainedOf = (differences: readonly string[]): readonly string[] =>
  differences.filter((line) => !KNOWN_WALK_DIFFERENCES.some(({ lines }) => lines.test(line)));

const tell = async (
  urls: WalkUrls,
  { title, requests }: { readonly title: string; readonly requests: readonly WalkRequest[] },
): Promise<void> => {
  const { statuses, operations, differences, answers, faults } = await walk(urls, requests);
  const unexplained = unexplainedOf(differences);
  console.log(
    `${title}: ${requests.length} requests, ${unexplained.length} unexplained differences`,
    Object.fromEntries(statuses),
  );
  if (values.operations) {
    for (const [name, counts] of operations) console.log(`  ${name}`, Object.fromEntries(counts));
  }
  if (values.answers !== undefined) appendFileSync(values.answers, answers.join('\n'));
  for (const line of faults) console.log(`only the real server failed: ${line}`);
  for (const line of unexplained) console.log(line);
};

/** Two fresh servers with databases of a kind, for as long as `use` takes. */
const onFreshServers = async (
  prefect: string,
  use: (urls: WalkUrls) => Promise<void>,
): Promise<void> => {
  const kind = COMPAT_DATABASES.find((name) => name === values.database) ?? 'sqlite';
  await using realDatabase = await compatDatabase(kind);
  await using ourDatabase = await compatDatabase(kind);
  const real = await startRealServer(prefect, {
    env: { ...WALK_SETTINGS, ...QUIET, ...(kind === 'sqlite' && ALONE), ...realDatabase.settings },
  });
  const ours = await startOurServer({ env: { ...WALK_SETTINGS, ...ourDatabase.settings } });
  try {
    await use({ real: real.url, ours: { [kind]: ours.url } });
  } finally {
    await Promise.all([real.stop(), ours.stop()]);
  }
};

const onServers = (use: (urls: WalkUrls) => Promise<void>): Promise<void> => {
  const { real, ours, prefect } = values;
  if (prefect !== undefined) return onFreshServers(prefect, use);
  if (real === undefined || ours === undefined) {
    throw new Error('Name both servers: --real http://… --ours http://…, or --prefect /path/to/it');
  }
  return use({ real, ours: { ours } });
};

if (values.scenario === undefined) {
  const document = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../reference/openapi.json'), 'utf8'),
  );
  const only = values.only === undefined ? null : new RegExp(values.only, 'u');
  const first = Number(values.seed);
  for (let seed = first; seed < first + Number(values.seeds); seed += 1) {
    const requests = sampleWalk(document, {
      seed,
      steps: Number(values.steps),
      only,
      asksAboutEvents: values.database === 'postgresql',
    });
    await onServers((urls) => tell(urls, { title: `seed ${seed}`, requests }));
  }
} else {
  // An empty word stands for all of them.
  const { scenario } = values;
  const chosen = SCENARIOS.filter(({ name }) => name.includes(scenario));
  await onServers(async (urls) => {
    for (const { name, steps } of chosen) await tell(urls, { title: name, requests: steps });
  });
}
