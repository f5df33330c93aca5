import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { clientSettings } from './client-stories.ts';
import { pythonScript } from './python-client.ts';
import { patientCall, patientWait } from './rest-call.ts';
import { startCommand } from './run-command.ts';
import type { OpenStage } from './stage.ts';

const POOL = 'proof-pool';
const POOL_LIMIT = 4;

/** The queues in the order in which they are served; the third gets what the others leave of the pool. */
const QUEUES = [
  { name: 'first', priority: 1, limit: 2 },
  { name: 'second', priority: 2, limit: 2 },
  { name: 'third', priority: 3, limit: 3 },
] as const;

export interface QueueProof {
  readonly runs: number;
  /** Whether the worker starts a short script in place of a flow, which takes a fraction of the time. */
  readonly isShort: boolean;
  /** Ends the server and starts it again when half of the runs were executed. */
  readonly restartWith: NodeJS.Signals;
  /** How many workers share the runs; 1 unless given. */
  readonly workers?: number;
  /** A second server on the same database, which every other worker uses and which does not restart. */
  readonly otherUrl?: string;
  readonly withinMillis: number;
  /** Is told how far it is. */
  readonly say?: (what: string) => void;
}

export interface QueueReport {
  readonly seconds: number;
  readonly executed: number;
  readonly polls: number;
  /** The most runs that were PENDING or RUNNING at once, of the pool and of each queue. */
  readonly most: Readonly<Record<string, number>>;
  /** Runs that were started while the server was away and that their client gave up. */
  readonly crashed: number;
  readonly faults: readonly string[];
}

interface Run {
  readonly id: string;
  readonly work_queue_name: string;
  readonly state_type: string;
  readonly run_count: number;
}

interface State {
  readonly type: string;
  readonly name: string;
  readonly timestamp: string;
}

const runsOf = (url: string, types: readonly string[], offset = 0): Promise<readonly Run[]> =>
  patientCall<readonly Run[]>(url, '/flow_runs/filter', {
    body: {
      work_pools: { name: { any_: [POOL] } },
      flow_runs: { state: { type: { any_: types } } },
      sort: 'ID_DESC',
      offset,
    },
  });

/** One deployment a queue; the runs are made in reverse, so that the order of making explains nothing. */
const makeRuns = async (
  url: string,
  { runs, isShort }: QueueProof,
  file: string,
): Promise<readonly string[]> => {
  const command = [process.execPath, join(import.meta.dirname, 'short-run.ts'), file].join(' ');
  const directory = dirname(pythonScript('queued_story.py'));
  const { id: flowId } = await patientCall<Run>(url, '/flows/', { body: { name: 'queued' } });
  await patientCall(url, `/work_pools/${POOL}`, {
    method: 'PATCH',
    body: { concurrency_limit: POOL_LIMIT, is_paused: true },
  });
  const deployments: string[] = [];
  for (const { name, priority, limit } of QUEUES) {
    const body = { name, priority, concurrency_limit: limit };
    await patientCall(url, `/work_pools/${POOL}/queues`, { body });
    const deployment = await patientCall<Run>(url, '/deployments/', {
      body: {
        name,
        flow_id: flowId,
        work_pool_name: POOL,
        work_queue_name: name,
        path: directory,
        entrypoint: 'queued_story.py:queued',
        job_variables: isShort ? { command } : {},
        pull_steps: [{ 'prefect.deployments.steps.set_working_directory': { directory } }],
      },
    });
    deployments.push(deployment.id);
  }
  const ids: string[] = [];
  for (let index = 0; index < runs; index += 1) {
    const deployment = deployments.at(-1 - (index % deployments.length));
    const path = `/deployments/${deployment}/create_flow_run`;
    ids.push((await patientCall<Run>(url, path, { body: { parameters: { path: file } } })).id);
  }
  await patientCall(url, `/work_pools/${POOL}`, { method: 'PATCH', body: { is_paused: false } });
  return ids;
};

const executions = (file: string): readonly string[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[0] ?? '')
    : [];

/** Counts what is PENDING or RUNNING again and again until told to stop. */
const watchLimits = (url: string, goOn: () => boolean) => {
  const most: Record<string, number> = {};
  let polls = 0;
  const note = (name: string, count: number): void => {
    most[name] = Math.max(most[name] ?? 0, count);
  };
  const watch = async (): Promise<void> => {
    while (goOn()) {
      const active = await runsOf(url, ['PENDING', 'RUNNING']);
      polls += 1;
      note('pool', active.length);
      for (const { name } of QUEUES) {
        note(name, active.filter((run) => run.work_queue_name === name).length);
      }
      await pause(100);
    }
  };
  return { done: watch(), result: () => ({ most, polls }) };
};

/** How the states of a run follow each other. */
const PLAIN = /^Scheduled (Late )?Pending (Submitting )?Running Completed$/u;

/** A stock client that cannot reach its server at its very start gives up; the worker then says that it crashed. */
const UNREACHED = /^Scheduled (Late )?Pending (Submitting )?Crashed$/u;

/** When a run was submitted for the first time, and what is wrong with the way it went. */
const readHistory = async (url: string, id: string) => {
  const states = await patientCall<readonly State[]>(url, `/flow_run_states/?flow_run_id=${id}`);
  const ordered = states.toSorted((one, other) => one.timestamp.localeCompare(other.timestamp));
  const path = ordered.map(({ name }) => name).join(' ');
  const pendingAt = ordered.find(({ type }) => type === 'PENDING')?.timestamp ?? '';
  const isPlain = PLAIN.test(path);
  return { pendingAt, fault: isPlain || UNREACHED.test(path) ? null : `run ${id}: ${path}` };
};

/** The third queue may have a run only when one of those before it has none left to give. */
const faultsOfOrder = (pending: ReadonlyMap<string, readonly string[]>): readonly string[] => {
  const of = (name: string): readonly string[] => (pending.get(name) ?? []).toSorted();
  const earliestEnd = [of('first').at(-1) ?? '', of('second').at(-1) ?? ''].toSorted()[0] ?? '';
  const early = of('third').filter((at) => at < earliestEnd).length;
  return early === 0 ? [] : [`${early} runs of the third queue went before their turn`];
};

const faultsOfHistories = async (url: string, ids: readonly string[]): Promise<string[]> => {
  const faults: string[] = [];
  const pending = new Map<string, string[]>();
  for (const id of ids) {
    const run = await patientCall<Run>(url, `/flow_runs/${id}`);
    const { pendingAt, fault } = await readHistory(url, id);
    if (fault !== null) faults.push(fault);
    pending.set(run.work_queue_name, [...(pending.get(run.work_queue_name) ?? []), pendingAt]);
  }
  return [...faults, ...faultsOfOrder(pending)];
};

/** What crashed was never executed; anything else was, once. */
const faultsOfExecutions = (
  { ids, crashed }: { readonly ids: readonly string[]; readonly crashed: ReadonlySet<string> },
  file: string,
): readonly string[] => {
  const counts = new Map(ids.map((id) => [id, 0]));
  for (const id of executions(file)) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts].flatMap(([id, count]) =>
    count === (crashed.has(id) ? 0 : 1) ? [] : [`run ${id} was executed ${count} times`],
  );
};

/** A process that finds no server at its start ends with this error, which the worker shows; nothing else may crash. */
const faultsOfCrashes = (crashed: number, output: string): readonly string[] => {
  const unreached = output.match(/^.*ConnectError: .*$/gmu)?.length ?? 0;
  return crashed <= POOL_LIMIT && crashed <= unreached
    ? []
    : [`${crashed} runs crashed, ${unreached} processes found no server`];
};

const faultsOfLimits = (most: Readonly<Record<string, number>>): readonly string[] =>
  [{ name: 'pool', limit: POOL_LIMIT }, ...QUEUES].flatMap(({ name, limit }) =>
    (most[name] ?? 0) <= limit ? [] : [`${name}: ${most[name]} at once, allowed ${limit}`],
  );

const startWorkers = ({ stage }: OpenStage, { workers = 1, otherUrl = stage.url }: QueueProof) =>
  Array.from({ length: workers }, (_, index) =>
    startCommand({
      program: stage.prefect,
      args: ['worker', 'start', '--pool', POOL, '--type', 'process', '--name', `prover-${index}`],
      env: {
        ...clientSettings({ ...stage, url: index % 2 === 0 ? stage.url : otherUrl }),
        PREFECT_WORKER_QUERY_SECONDS: '1',
      },
    }),
  );

/**
 * Lets stock workers do runs of three queues of one pool while the server restarts, and tells what was lost, doubled,
 * out of turn or over a limit.
 */
export const proveQueues = async (open: OpenStage, proof: QueueProof): Promise<QueueReport> => {
  const { stage } = open;
  const file = join(stage.folder, 'executed.txt');
  const workers = startWorkers(open, proof);
  const output = (): string => workers.map((worker) => worker.output()).join('\n');
  const within = { withinMillis: proof.withinMillis, what: 'the runs' };
  let isOver = false;
  try {
    await patientWait(async () => {
      const pools = await patientCall<readonly unknown[]>(stage.url, '/work_pools/filter', {
        body: { work_pools: { name: { any_: [POOL] } } },
      });
      return pools.length > 0;
    }, within);
    const ids = await makeRuns(stage.url, proof, file);
    const startedAt = performance.now();
    proof.say?.('all runs made');
    const watched = watchLimits(stage.url, () => !isOver);
    await patientWait(() => executions(file).length >= proof.runs / 2, within);
    proof.say?.(`executed: ${executions(file).length}; now the restart`);
    await open.restart(proof.restartWith);
    proof.say?.('started again');
    const isDone = async (): Promise<boolean> =>
      (await runsOf(stage.url, ['SCHEDULED', 'PENDING', 'RUNNING'])).length === 0;
    await patientWait(isDone, within).catch(() => undefined);
    const seconds = (performance.now() - startedAt) / 1000;
    isOver = true;
    await watched.done;
    const { most, polls } = watched.result();
    const crashed = new Set((await runsOf(stage.url, ['CRASHED'])).map(({ id }) => id));
    const faults = [
      ...faultsOfExecutions({ ids, crashed }, file),
      ...faultsOfLimits(most),
      ...(await faultsOfHistories(stage.url, ids)),
      ...faultsOfCrashes(crashed.size, output()),
    ];
    return {
      seconds,
      executed: executions(file).length,
      polls,
      most,
      crashed: crashed.size,
      faults,
    };
  } catch (error) {
    throw new Error(`${String(error)}\n${output()}`, { cause: error });
  } finally {
    isOver = true;
    for (const worker of workers) worker.signal('SIGTERM');
    await Promise.all(workers.map(({ done }) => done));
  }
};
