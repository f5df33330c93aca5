import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, expect, test } from 'vitest';

import { serversLeftRunning } from '#tests/support/replay/server-process.ts';

import { playCliStory, playFlowStory } from './client-stories.ts';
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

test('the command line of prefect 3.9.1 prints what it prints on the real server', async (context) => {
  await using open = await openStage(context, { version: '3.9.1' });
  expect(await playCliStory(open.stage)).toEqual(recorded('cli-story'));
  expect(troubleIn(open.server().log())).toEqual([]);
});
