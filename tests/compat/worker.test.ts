import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { afterEach, expect, test } from 'vitest';

import { serversLeftRunning } from '#tests/support/replay/server-process.ts';
import { waitFor } from '#tests/support/wait-for.ts';

import { type Stage, clientSettings } from './client-stories.ts';
import { pythonScript } from './python-client.ts';
import { type RunningCommand, startCommand } from './run-command.ts';
import { openStage } from './stage.ts';

const POOL = 'story-pool';
const HEARTBEAT_SECONDS = 2;
const WITHIN = { withinMillis: 120_000 };

const call = async <T>(stage: Stage, path: string, body: object | null = {}): Promise<T> => {
  const answer = await fetch(`${stage.url}/api${path}`, {
    method: body === null ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json' },
    ...(body === null ? {} : { body: JSON.stringify(body) }),
  });
  // The shapes are those of the recorded answers.
  return (await answer.json()) as T;
};

interface Run {
  readonly id: string;
  readonly state_type: string;
  readonly run_count: number;
  readonly infrastructure_pid: string | null;
}

interface Worker {
  readonly name: string;
  readonly status: string;
  readonly last_heartbeat_time: string;
  readonly heartbeat_interval_seconds: number;
}

const settingsOf = (stage: Stage): Readonly<Record<string, string>> => ({
  ...clientSettings(stage),
  PREFECT_LOGGING_LEVEL: 'DEBUG',
  PREFECT_WORKER_HEARTBEAT_SECONDS: String(HEARTBEAT_SECONDS),
  PREFECT_WORKER_QUERY_SECONDS: '1',
});

/** Starts a worker of the stock kind; it makes its pool. */
const startWorker = (stage: Stage, name: string): RunningCommand =>
  startCommand({
    program: stage.prefect,
    args: ['worker', 'start', '--pool', POOL, '--type', 'process', '--name', name],
    env: settingsOf(stage),
  });

const workers = async (stage: Stage): Promise<readonly Worker[]> => {
  const found = await call<unknown>(stage, `/work_pools/${POOL}/workers/filter`).catch(() => []);
  // Not a list while there is no such pool.
  return Array.isArray(found) ? (found as Worker[]) : [];
};

const untilOnline = (stage: Stage, worker: RunningCommand): Promise<Worker> =>
  waitFor(async () => (await workers(stage)).find(({ status }) => status === 'ONLINE'), {
    ...WITHIN,
    what: `the worker:\n${worker.output()}`,
  });

/** A deployment of the flow beside this file; gives the way to make runs of it. */
const deploy = async (stage: Stage): Promise<(seconds: number) => Promise<string>> => {
  const script = pythonScript('worker_story.py');
  const { id: flowId } = await call<Run>(stage, '/flows/', { name: 'worked' });
  const directory = dirname(script);
  const { id } = await call<Run>(stage, '/deployments/', {
    name: 'worked',
    flow_id: flowId,
    work_pool_name: POOL,
    path: directory,
    entrypoint: 'worker_story.py:worked',
    pull_steps: [{ 'prefect.deployments.steps.set_working_directory': { directory } }],
  });
  return async (seconds) => {
    const path = `/deployments/${id}/create_flow_run`;
    return (await call<Run>(stage, path, { parameters: { seconds } })).id;
  };
};

const readRun = (stage: Stage, id: string): Promise<Run> =>
  call<Run>(stage, `/flow_runs/${id}`, null);

afterEach(() => {
  expect(serversLeftRunning()).toEqual([]);
});

test.for(['3.9.1', '3.8.8'] as const)(
  'a worker of %s makes its pool, is heard of, and does each run once although the server restarts',
  { timeout: 300_000 },
  async (version, context) => {
    await using open = await openStage(context, { version });
    const { stage } = open;
    const worker = startWorker(stage, 'one');
    try {
      const first = await untilOnline(stage, worker);
      expect(first).toMatchObject({ name: 'one', heartbeat_interval_seconds: HEARTBEAT_SECONDS });
      await waitFor(async () => {
        const [now] = await workers(stage);
        return now !== undefined && now.last_heartbeat_time > first.last_heartbeat_time;
      }, WITHIN);
      if (version === '3.9.1') {
        const says = 'the worker channel is healthy';
        await waitFor(() => worker.output().includes(says), { ...WITHIN, what: says });
      }
      const makeRun = await deploy(stage);
      const ids = [await makeRun(0), await makeRun(1)];
      await waitFor(
        async () => (await readRun(stage, ids[0] ?? '')).state_type !== 'SCHEDULED',
        WITHIN,
      );
      await open.restart('SIGTERM');
      ids.push(await makeRun(0), await makeRun(0));
      const runs = await waitFor(async () => {
        const now = await Promise.all(ids.map((id) => readRun(stage, id)));
        return now.every(({ state_type }) => state_type === 'COMPLETED') ? now : null;
      }, WITHIN);
      expect(runs.map(({ run_count }) => run_count)).toEqual([1, 1, 1, 1]);
    } catch (error) {
      throw new Error(`${String(error)}\n${worker.output()}`, { cause: error });
    } finally {
      worker.signal('SIGTERM');
      await worker.done;
    }
  },
);

test(
  'what is left of a run whose cancellation took too long is removed by a worker that can',
  { timeout: 300_000 },
  async (context) => {
    await using open = await openStage(context, {
      version: '3.9.1',
      env: {
        PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_LOOP_SECONDS: '1',
        PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_CANCELLING_TIMEOUT_SECONDS: '2',
      },
    });
    const { stage } = open;
    const file = join(stage.folder, 'removed.txt');
    const worker = startCommand({
      program: stage.python,
      args: [pythonScript('worker_story.py'), POOL, file],
      env: settingsOf(stage),
    });
    try {
      await untilOnline(stage, worker);
      const id = await (await deploy(stage))(600);
      const run = await waitFor(async () => {
        const now = await readRun(stage, id);
        return now.state_type === 'RUNNING' && now.infrastructure_pid !== null ? now : null;
      }, WITHIN);
      await call(stage, `/flow_runs/${id}/set_state`, { state: { type: 'CANCELLING' } });
      await waitFor(async () => (await readRun(stage, id)).state_type === 'CANCELLED', WITHIN);
      const removed = await waitFor(() => existsSync(file) && readFileSync(file, 'utf8'), WITHIN);
      expect(removed).toBe(`${run.infrastructure_pid}\n`);
    } catch (error) {
      throw new Error(`${String(error)}\n${worker.output()}`, { cause: error });
    } finally {
      worker.signal('SIGTERM');
      await worker.done;
    }
  },
);
