import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, expect, test } from 'vitest';

import { serversLeftRunning } from '#tests/support/replay/server-process.ts';

import type { Stage } from './client-stories.ts';
import { clientSettings } from './client-stories.ts';
import { pythonScript } from './python-client.ts';
import type { RunningCommand } from './run-command.ts';
import { startCommand } from './run-command.ts';
import { openStage } from './stage.ts';

interface Run {
  readonly state_name: string;
  readonly auto_scheduled: boolean;
  readonly expected_start_time: string;
  readonly start_time: string | null;
}

interface Deployment {
  readonly paused: boolean;
  readonly tags: readonly string[];
}

const post = async <T>(stage: Stage, path: string, body: unknown): Promise<readonly T[]> => {
  const answer = await fetch(`${stage.url}/api${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  // The shapes are those of the recorded answers.
  return (await answer.json()) as readonly T[];
};

/** The runs of the only flow, in the order in which they are due; none while the server is away. */
const readRuns = async (stage: Stage): Promise<readonly Run[]> => {
  try {
    return await post<Run>(stage, '/flow_runs/filter', { sort: 'EXPECTED_START_TIME_ASC' });
  } catch {
    return [];
  }
};

const untilRuns = async (
  stage: Stage,
  served: RunningCommand,
  accept: (runs: readonly Run[]) => boolean,
): Promise<readonly Run[]> => {
  const end = performance.now() + 120_000;
  for (;;) {
    const runs = await readRuns(stage);
    if (accept(runs)) return runs;
    if (performance.now() > end) {
      throw new Error(`not there after 120 s: ${JSON.stringify(runs)}\n${served.output()}`);
    }
    await pause(250);
  }
};

const serve = (stage: Stage, kind: 'interval' | 'cron', value: string): RunningCommand =>
  startCommand({
    program: stage.python,
    args: [pythonScript('serve_story.py'), kind, value],
    env: clientSettings(stage),
  });

const isCompleted = (run: Run): boolean => run.state_name === 'Completed';

const secondsBetween = (runs: readonly Run[]): readonly number[] =>
  runs.slice(1).map((run, index) => {
    const before = runs[index]?.expected_start_time ?? '';
    return Math.round((Date.parse(run.expected_start_time) - Date.parse(before)) / 1000);
  });

afterEach(() => {
  expect(serversLeftRunning()).toEqual([]);
});

test('three runs of an interval schedule start, none is lost by a restart of the server', async (context) => {
  await using open = await openStage(context, { version: '3.9.1' });
  const served = serve(open.stage, 'interval', '8');
  try {
    await untilRuns(open.stage, served, (runs) => runs.filter(isCompleted).length >= 1);
    await open.restart('SIGTERM');
    const runs = await untilRuns(
      open.stage,
      served,
      (found) => found.filter(isCompleted).length >= 3,
    );
    const first = runs.slice(0, 3);
    expect(first.map((run) => run.state_name)).toEqual(['Completed', 'Completed', 'Completed']);
    expect(first.every((run) => run.auto_scheduled)).toBe(true);
    expect(secondsBetween(first)).toEqual([8, 8]);
  } finally {
    served.signal('SIGINT');
    await served.done;
  }
  const [deployment] = await post<Deployment>(open.stage, '/deployments/filter', {});
  expect(deployment?.paused, 'a served deployment is paused when serve ends').toBe(true);
  expect(deployment?.tags).toEqual(['story']);
});

test('a cron schedule has its next runs waiting', async (context) => {
  await using open = await openStage(context, { version: '3.9.1' });
  const served = serve(open.stage, 'cron', '* * * * *');
  try {
    const runs = await untilRuns(open.stage, served, (found) => found.length >= 3);
    expect(new Set(secondsBetween(runs))).toEqual(new Set([60]));
    expect(runs.every((run) => Date.parse(run.expected_start_time) % 60_000 === 0)).toBe(true);
  } finally {
    served.signal('SIGINT');
    await served.done;
  }
});
