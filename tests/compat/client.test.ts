import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, expect, test } from 'vitest';

import { serversLeftRunning } from '#tests/support/replay/server-process.ts';

import { playCliStory, playFlowStory, playTaggedStory } from './client-stories.ts';
import { openStage } from './stage.ts';
import { troubleIn } from './trouble.ts';

/** What a story came to on the real server. */
const recorded = (name: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'expected', `${name}.json`), 'utf8'));

afterEach(() => {
  expect(serversLeftRunning()).toEqual([]);
});

test.for(['3.9.1', '3.8.8'] as const)(
  'a flow run by prefect %s leaves what it leaves on the real server',
  async (version, context) => {
    await using open = await openStage(context, { version });
    expect(await playFlowStory(open.stage)).toEqual(recorded('flow-story'));
    expect(troubleIn(open.server().log())).toEqual([]);
  },
);

test('tasks with tags and a limit that does not exist run freely', async (context) => {
  await using open = await openStage(context, { version: '3.9.1' });
  expect(await playTaggedStory(open.stage)).toEqual(recorded('tagged-story'));
  expect(troubleIn(open.server().log())).toEqual([]);
});

// Twenty processes, each of which loads the whole client.
const CLI_STORY_MILLIS = 600_000;

test(
  'the command line of prefect 3.9.1 prints what it prints on the real server',
  { timeout: CLI_STORY_MILLIS },
  async (context) => {
    await using open = await openStage(context, { version: '3.9.1' });
    expect(await playCliStory(open.stage)).toEqual(recorded('cli-story'));
    expect(troubleIn(open.server().log())).toEqual([]);
  },
);
