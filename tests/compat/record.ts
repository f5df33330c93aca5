/**
 * Records what the stories of the real client look like on the real server, into `expected/`.
 *
 *   node tests/compat/record.ts PREFECT [STORY…]     (the `prefect` program of a Prefect 3.9.1 installation)
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { RECORDING_SETTINGS, startRealServer } from '#tests/support/replay/server.ts';

import {
  type Stage,
  playCliStory,
  playFlowStory,
  playLibrary,
  playMethods,
  playTaggedStory,
  playWorkStory,
} from './client-stories.ts';
import { playOffered } from './polls/play-offered.ts';
import { pythonClient } from './python-client.ts';

const [prefect, ...wanted] = process.argv.slice(2);
if (prefect === undefined) throw new Error('usage: node tests/compat/record.ts PREFECT [STORY…]');

const pathOf = (name: string): string => join(import.meta.dirname, 'expected', `${name}.json`);

const write = (name: string, value: unknown): void =>
  writeFileSync(pathOf(name), `${JSON.stringify(value, null, 2)}\n`);

/** A step a line, because there are many. */
const writeSteps = (name: string, steps: Readonly<Record<string, unknown>>): void => {
  const lines = Object.entries(steps).map(
    ([step, told]) => `${JSON.stringify(step)}: ${JSON.stringify(told)}`,
  );
  writeFileSync(pathOf(name), `{\n${lines.join(',\n')}\n}\n`);
};

type PlaySteps = (stage: Stage) => Promise<{ readonly told: Readonly<Record<string, unknown>> }>;

/** The steps of the older client that are not those of the newer one; null for one that it does not have. */
const recordOlder = async (name: string, play: PlaySteps, stage: Stage): Promise<void> => {
  const client = await pythonClient('3.8.8');
  if ('skipped' in client) throw new Error(client.skipped);
  const older = (await play({ ...stage, ...client })).told;
  // The file was written by the story before this one.
  const newer = JSON.parse(readFileSync(pathOf(name), 'utf8')) as typeof older;
  const steps = [...new Set([...Object.keys(newer), ...Object.keys(older)])];
  const differing = steps.filter(
    (step) => JSON.stringify(older[step]) !== JSON.stringify(newer[step]),
  );
  writeSteps(
    `${name}-3.8.8`,
    Object.fromEntries(differing.map((step) => [step, older[step] ?? null])),
  );
};

interface Story {
  readonly record: (stage: Stage) => Promise<void>;
  readonly env?: Readonly<Record<string, string>>;
}

const kept = (name: string, play: (stage: Stage) => Promise<unknown>): [string, Story] => [
  name,
  { record: async (stage) => write(name, await play(stage)) },
];

const keptSteps = (name: string, play: PlaySteps, env = {}): [string, Story][] => [
  [name, { record: async (stage) => writeSteps(name, (await play(stage)).told), env }],
  [`${name}-3.8.8`, { record: (stage) => recordOlder(name, play, stage), env }],
];

const STORIES = new Map<string, Story>([
  kept('flow-story', playFlowStory),
  kept('tagged-story', playTaggedStory),
  kept('cli-story', playCliStory),
  kept('work-story', playWorkStory),
  kept('offered', ({ url }) => playOffered(url)),
  ...keptSteps('client-methods', (stage) => playMethods(stage, 'sync'), RECORDING_SETTINGS),
  ...keptSteps('library-story', (stage) => playLibrary(stage)),
]);

const chosen = wanted.length === 0 ? [...STORIES.keys()] : wanted;
for (const name of chosen) {
  const story = STORIES.get(name);
  if (story === undefined)
    throw new Error(`no story ${name}; there are ${[...STORIES.keys()].join()}`);
  const folder = mkdtempSync(join(tmpdir(), 'prefect-record-'));
  const server = await startRealServer(prefect, { env: story.env ?? {} });
  try {
    const python = join(dirname(prefect), 'python');
    await story.record({ python, prefect, url: server.url, folder });
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
