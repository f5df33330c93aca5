import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, expect, test } from 'vitest';

import { serversLeftRunning } from '#tests/support/replay/server-process.ts';

import type { CliStep } from './client-stories.ts';
import { playCliStory, playFlowStory } from './client-stories.ts';
import { NOT_BUILT } from './not-built.ts';
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

/** Commands that ask for an address which is not built yet, with that address. */
const NOT_YET: Readonly<Record<string, string>> = {
  'deployment inspect cli-flow/cli-deployment -o json': '/api/automations/related-to/{resource_id}',
};

test('the command line of prefect 3.9.1 prints what it prints on the real server', async (context) => {
  await using open = await openStage(context, { version: '3.9.1' });
  // The file was written from steps by record.ts.
  const expected = recorded('cli-story') as readonly CliStep[];
  const steps = await playCliStory(open.stage);
  const isBuilt = ({ command }: CliStep): boolean => !(command in NOT_YET);
  expect(steps.filter(isBuilt)).toEqual(expected.filter(isBuilt));
  for (const [command, address] of Object.entries(NOT_YET)) {
    const step = steps.find((one) => one.command === command);
    expect(NOT_BUILT, `${command} is to be compared once ${address} is built`).toContain(address);
    expect(step?.exitCode, `${command} is refused with an error, not half done`).toBe(1);
  }
  expect(troubleIn(open.server().log())).toEqual([]);
});
