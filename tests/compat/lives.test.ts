import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { afterEach, expect, test } from 'vitest';

import { serversLeftRunning } from '#tests/support/replay/server-process.ts';

import { type Stage, clientSettings } from './client-stories.ts';
import { pythonScript } from './python-client.ts';
import { patientCall, patientWait } from './rest-call.ts';
import { type CommandResult, runCommand, startCommand } from './run-command.ts';
import { openStage } from './stage.ts';

const POOL = 'lives';
const WITHIN_MILLIS = 240_000;
const FLOWS = ['pausing', 'suspending', 'retrying', 'failing', 'endless'] as const;

interface Run {
  readonly id: string;
  readonly state_type: string;
  readonly state_name: string;
  readonly run_count: number;
}

interface State {
  readonly name: string;
  readonly timestamp: string;
}

/** A run of each flow, and what there is to know about it. */
class Life {
  readonly #url: string;
  readonly #file: string;
  readonly id: string;

  constructor(url: string, { id, file }: { readonly id: string; readonly file: string }) {
    this.#url = url;
    this.id = id;
    this.#file = file;
  }

  read(): Promise<Run> {
    return patientCall<Run>(this.#url, `/flow_runs/${this.id}`);
  }

  async until(name: string): Promise<Run> {
    const isSo = async (): Promise<boolean> => (await this.read()).state_name === name;
    await patientWait(isSo, { withinMillis: WITHIN_MILLIS, what: `${this.#file} to be ${name}` });
    return this.read();
  }

  /** The names of its states in their order, without those that depend on the load and on the client's version. */
  async history(): Promise<readonly string[]> {
    const path = `/flow_run_states/?flow_run_id=${this.id}`;
    const states = await patientCall<readonly State[]>(this.#url, path);
    return states
      .toSorted((one, other) => one.timestamp.localeCompare(other.timestamp))
      .map(({ name }) => name)
      .filter((name) => name !== 'Late' && name !== 'Submitting');
  }

  notes(): readonly string[] {
    return existsSync(this.#file) ? readFileSync(this.#file, 'utf8').trim().split('\n') : [];
  }
}

const startLives = async (stage: Stage): Promise<Readonly<Record<string, Life>>> => {
  const directory = dirname(pythonScript('lives_story.py'));
  const lives: Record<string, Life> = {};
  for (const name of FLOWS) {
    const { id: flowId } = await patientCall<Run>(stage.url, '/flows/', { body: { name } });
    const deployment = await patientCall<Run>(stage.url, '/deployments/', {
      body: {
        name,
        flow_id: flowId,
        work_pool_name: POOL,
        path: directory,
        entrypoint: `lives_story.py:${name}`,
        enforce_parameter_schema: false,
        pull_steps: [{ 'prefect.deployments.steps.set_working_directory': { directory } }],
      },
    });
    const file = join(stage.folder, `${name}.txt`);
    const path = `/deployments/${deployment.id}/create_flow_run`;
    const run = await patientCall<Run>(stage.url, path, { body: { parameters: { path: file } } });
    lives[name] = new Life(stage.url, { id: run.id, file });
  }
  return lives;
};

const RESUME = `mutation Resume($input: ResumeFlowRunInput!) {
  resumeFlowRun(input: $input) { __typename ... on ResumeFlowRunPayload { status } }
}`;

/** Resumes through GraphQL and gives what kind of answer came, or the status. */
const resume = async (stage: Stage, id: string, runInput: object): Promise<string> => {
  const answer = await fetch(`${stage.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: RESUME, variables: { input: { id, runInput } } }),
  });
  // The shape is that of the query.
  const { data } = (await answer.json()) as {
    data: { resumeFlowRun: { __typename: string; status?: string } };
  };
  return data.resumeFlowRun.status ?? data.resumeFlowRun.__typename;
};

const cli = (stage: Stage, ...args: readonly string[]): Promise<CommandResult> =>
  runCommand({ program: stage.prefect, args, env: clientSettings(stage) });

const RESUME_SOURCE = `
import sys
from prefect.flow_runs import resume_flow_run
resume_flow_run(sys.argv[1], run_input={"colour": "green"})
`;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const pausingStory = async (stage: Stage, life: Life): Promise<void> => {
  await life.until('Paused');
  expect(await resume(stage, life.id, { colour: 7 })).not.toBe('ACCEPT');
  expect((await life.read()).state_name).toBe('Paused');
  expect(await resume(stage, life.id, { colour: 'blue' })).toBe('ACCEPT');
  await life.until('Completed');
  expect(life.notes()).toEqual(['asks', 'blue']);
  expect(await life.history()).toEqual([
    'Scheduled',
    'Pending',
    'Running',
    'Paused',
    'Running',
    'Completed',
  ]);
};

const suspendingStory = async (stage: Stage, life: Life): Promise<void> => {
  await life.until('Suspended');
  const resumed = await runCommand({
    program: stage.python,
    args: ['-c', RESUME_SOURCE, life.id],
    env: clientSettings(stage),
  });
  expect(resumed.exitCode, resumed.stderr).toBe(0);
  const run = await life.until('Completed');
  expect(life.notes()).toEqual(['asks', 'asks', 'green']);
  expect(run.run_count, 'going on after a suspension counts as no new start').toBe(1);
};

const retryingStory = async (life: Life): Promise<void> => {
  const run = await life.until('Completed');
  const [first, second, ...more] = life.notes();
  expect(more).toEqual([]);
  expect(second, 'a retry of a flow happens in its process').toBe(first);
  expect(run.run_count).toBe(2);
};

const failingStory = async (stage: Stage, life: Life): Promise<void> => {
  await life.until('Failed');
  const retried = await cli(stage, 'flow-run', 'retry', life.id);
  expect(retried.exitCode, retried.stderr).toBe(0);
  const run = await life.until('Completed');
  expect(new Set(life.notes()).size, 'a run that is scheduled again has a new process').toBe(2);
  expect(run.run_count).toBe(2);
};

const endlessStory = async (stage: Stage, life: Life): Promise<void> => {
  await life.until('Running');
  await patientWait(() => life.notes().length > 0, { withinMillis: WITHIN_MILLIS, what: 'a pid' });
  const cancelled = await cli(stage, 'flow-run', 'cancel', life.id);
  expect(cancelled.exitCode, cancelled.stderr).toBe(0);
  await life.until('Cancelled');
  const pid = Number(life.notes()[0]);
  await patientWait(() => !isAlive(pid), { withinMillis: WITHIN_MILLIS, what: 'its end' });
};

afterEach(() => {
  expect(serversLeftRunning()).toEqual([]);
});

test.for(['3.9.1', '3.8.8'] as const)(
  'runs of a worker of %s pause, suspend, resume with input, retry and are cancelled',
  { timeout: 600_000 },
  async (version, context) => {
    await using open = await openStage(context, { version });
    const { stage } = open;
    await patientCall(stage.url, '/work_pools/', { body: { name: POOL, type: 'process' } });
    const worker = startCommand({
      program: stage.prefect,
      args: ['worker', 'start', '--pool', POOL, '--type', 'process'],
      env: { ...clientSettings(stage), PREFECT_WORKER_QUERY_SECONDS: '1' },
    });
    try {
      const lives = await startLives(stage);
      const { pausing, suspending, retrying, failing, endless } = lives;
      if (!pausing || !suspending || !retrying || !failing || !endless) throw new Error('no runs');
      await Promise.all([
        pausingStory(stage, pausing),
        suspendingStory(stage, suspending),
        retryingStory(retrying),
        failingStory(stage, failing),
        endlessStory(stage, endless),
      ]);
      // Each story looks at much more; this is what is left of all of them.
      const left = await Promise.all(
        FLOWS.map(async (name) => (await lives[name]?.read())?.state_name),
      );
      expect(left).toEqual(['Completed', 'Completed', 'Completed', 'Completed', 'Cancelled']);
    } catch (error) {
      throw new Error(`${String(error)}\n${worker.output()}`, { cause: error });
    } finally {
      worker.signal('SIGTERM');
      await worker.done;
    }
  },
);
