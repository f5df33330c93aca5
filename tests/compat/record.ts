/**
 * Records what the stories of the real client look like on the real server, into `expected/`.
 *
 *   node tests/compat/record.ts PREFECT      (the `prefect` program of a Prefect 3.9.1 installation)
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { startRealServer } from '#tests/support/replay/server.ts';

import {
  type Stage,
  playCliStory,
  playFlowStory,
  playTaggedStory,
  playWorkStory,
} from './client-stories.ts';
import { playOffered } from './polls/play-offered.ts';

const prefect = process.argv[2];
if (prefect === undefined) throw new Error('usage: node tests/compat/record.ts PREFECT');

const write = (name: string, value: unknown): void =>
  writeFileSync(
    join(import.meta.dirname, 'expected', `${name}.json`),
    `${JSON.stringify(value, null, 2)}\n`,
  );

const STORIES = {
  'flow-story': playFlowStory,
  'tagged-story': playTaggedStory,
  'cli-story': playCliStory,
  'work-story': playWorkStory,
  offered: ({ url }: Stage) => playOffered(url),
};

for (const [name, play] of Object.entries(STORIES)) {
  const folder = mkdtempSync(join(tmpdir(), 'prefect-record-'));
  const server = await startRealServer(prefect);
  try {
    const python = join(dirname(prefect), 'python');
    write(name, await play({ python, prefect, url: server.url, folder }));
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
