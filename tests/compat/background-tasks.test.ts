import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, expect, test } from 'vitest';

import { serversLeftRunning } from '#tests/support/replay/server-process.ts';
import { waitFor } from '#tests/support/wait-for.ts';

import { type Stage, clientSettings } from './client-stories.ts';
import { pythonScript } from './python-client.ts';
import { runCommand, startCommand } from './run-command.ts';
import { openStage } from './stage.ts';

const RUNS = 40;

const script = (stage: Stage, ...args: readonly string[]) => ({
  program: stage.python,
  args: [pythonScript('background_story.py'), ...args],
  env: clientSettings(stage),
});

/** The numbers of the runs that were done, in the order in which they were. */
const done = (file: string): readonly number[] =>
  existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : [];

/** Counts the runs that have ended well. */
const countCompleted = async (stage: Stage): Promise<number> => {
  const answer = await fetch(`${stage.url}/api/task_runs/filter`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      task_runs: { state: { type: { any_: ['COMPLETED'] } }, flow_run_id: { is_null_: true } },
    }),
  });
  // Task runs, of which only the number matters.
  return ((await answer.json()) as unknown[]).length;
};

afterEach(() => {
  expect(serversLeftRunning()).toEqual([]);
});

test.for(['3.9.1', '3.8.8'] as const)(
  'runs that task.delay() of %s sent away outlive the server, and each is done once',
  { timeout: 240_000 },
  async (version, context) => {
    await using open = await openStage(context, { version });
    const { stage } = open;
    const file = join(stage.folder, 'done.txt');
    const delayed = await runCommand(script(stage, 'delay', file, '0', String(RUNS / 2)));
    expect(delayed.exitCode, delayed.stderr).toBe(0);
    // Nobody serves the task yet: what was sent away is in the database alone.
    await open.restart('SIGKILL');
    const workers = [startCommand(script(stage, 'serve')), startCommand(script(stage, 'serve'))];
    const output = (): string => workers.map((worker) => worker.output()).join('\n');
    try {
      const within = { withinMillis: 90_000 };
      await waitFor(() => done(file).length >= 5, { ...within, what: `runs:\n${output()}` });
      await open.restart('SIGTERM');
      const more = await runCommand(
        script(stage, 'delay', file, String(RUNS / 2), String(RUNS / 2)),
      );
      expect(more.exitCode, more.stderr).toBe(0);
      await waitFor(() => done(file).length >= RUNS, { ...within, what: 'all runs' });
      await waitFor(async () => (await countCompleted(stage)) >= RUNS, within);
    } catch (error) {
      throw new Error(`${String(error)}\n${output()}`, { cause: error });
    } finally {
      for (const worker of workers) worker.signal('SIGINT');
      await Promise.all(workers.map((worker) => worker.done));
    }
    expect(done(file).toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: RUNS }, (_unused, index) => index),
    );
  },
);
