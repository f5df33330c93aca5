import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { ServerProcess } from '#tests/support/replay/server-process.ts';

import { restCall } from './rest-call.ts';

const POOL = 'polled';
const SCHEDULES = 10;
const INTERVAL_SECONDS = 2;
const PREFETCH_MILLIS = 10_000;
const RUNS_A_POLL = 20;

/**
 * As long as a run lasts. A poll gives out without claiming, as in Prefect: what one poller ends before another, who was
 * given it too, has proposed PENDING, would be done again. Runs of real workers last longer than that.
 */
const RUN_MILLIS = 2000;

/** Schedules are looked at every second and made a short way ahead, so that both servers do it all the time. */
export const SCHEDULER_SETTINGS: Readonly<Record<string, string>> = {
  PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS: '1',
  PREFECT_SERVER_SERVICES_SCHEDULER_MIN_RUNS: '3',
  PREFECT_SERVER_SERVICES_SCHEDULER_MIN_SCHEDULED_TIME: '5',
  PREFECT_SERVER_SERVICES_SCHEDULER_MAX_RUNS: '10',
  PREFECT_SERVER_SERVICES_SCHEDULER_MAX_SCHEDULED_TIME: '15',
};

export interface PollerProof {
  readonly survivor: ServerProcess;
  readonly victim: ServerProcess;
  readonly runs: number;
  readonly pollers: number;
  readonly withinMillis: number;
}

export interface PollerReport {
  readonly seconds: number;
  readonly executed: number;
  readonly scheduledRuns: number;
  readonly polls: number;
  /** Runs that were handed to a poller and were somebody else's already when it proposed PENDING. */
  readonly refused: number;
  readonly faults: readonly string[];
}

interface Answer {
  readonly id: string;
  readonly status: string;
  readonly state: { readonly state_details: { readonly transition_id: string | null } } | null;
}

interface Polled {
  readonly flow_run: { readonly id: string };
}

interface ScheduledRun {
  readonly deployment_id: string;
  readonly expected_start_time: string;
}

/** Asks one server after the other until one answers, as a client with a balancer before it does. */
const askAny = async <T>(urls: readonly string[], path: string, body: unknown): Promise<T> => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await restCall<T>(urls[attempt % urls.length] ?? '', path, { body });
    } catch (error) {
      if (attempt > 50) throw error;
      await pause(100);
    }
  }
};

/** Proposes a state; whether the run is in it now because of this very proposal. */
const propose = async (urls: readonly string[], id: string, type: string): Promise<boolean> => {
  const transition = randomUUID();
  const state = { type, state_details: { transition_id: transition } };
  const answer = await askAny<Answer>(urls, `/flow_runs/${id}/set_state`, { state });
  // A proposal whose answer was lost is refused as a repetition: the run has its state and its transition.
  return answer.status === 'ACCEPT' || answer.state?.state_details.transition_id === transition;
};

interface Counters {
  readonly executed: string[];
  polls: number;
  refused: number;
}

/** Does one run as a worker and its process do. */
const perform = async (urls: readonly string[], counters: Counters, id: string): Promise<void> => {
  if (!(await propose(urls, id, 'PENDING'))) {
    counters.refused += 1;
    return;
  }
  if (await propose(urls, id, 'RUNNING')) counters.executed.push(id);
  await pause(RUN_MILLIS);
  await propose(urls, id, 'COMPLETED');
};

/** Polls once a second, as a worker does, and submits what it got at once. */
const poll = async (
  urls: readonly string[],
  counters: Counters,
  goOn: () => boolean,
): Promise<void> => {
  const going = new Map<string, Promise<void>>();
  while (goOn() || going.size > 0) {
    const scheduled_before = new Date(Date.now() + PREFETCH_MILLIS).toISOString();
    const path = `/work_pools/${POOL}/get_scheduled_flow_runs`;
    const body = { scheduled_before, limit: RUNS_A_POLL };
    const found = await askAny<readonly Polled[]>(urls, path, body);
    counters.polls += 1;
    for (const { flow_run: run } of found) {
      if (going.has(run.id)) continue;
      going.set(
        run.id,
        perform(urls, counters, run.id).finally(() => going.delete(run.id)),
      );
    }
    await pause(1000);
  }
};

const makeSchedules = async (urls: readonly string[], flowId: string): Promise<void> => {
  for (let index = 0; index < SCHEDULES; index += 1) {
    await askAny(urls, '/deployments/', {
      name: `every-${index}`,
      flow_id: flowId,
      schedules: [{ active: true, schedule: { interval: INTERVAL_SECONDS } }],
    });
  }
};

/** The dates of each schedule follow each other without a gap and without one twice. */
const faultsOfSchedules = async (url: string): Promise<{ faults: string[]; count: number }> => {
  const dates = new Map<string, number[]>();
  let count = 0;
  for (;;) {
    const page = await restCall<readonly ScheduledRun[]>(url, '/flow_runs/filter', {
      body: {
        deployments: { name: { like_: 'every-' } },
        sort: 'EXPECTED_START_TIME_ASC',
        offset: count,
      },
    });
    for (const { deployment_id: id, expected_start_time: at } of page) {
      dates.set(id, [...(dates.get(id) ?? []), Date.parse(at)]);
    }
    count += page.length;
    if (page.length === 0) break;
  }
  const faults = [...dates].flatMap(([id, times]) => {
    const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    const wrong = steps.filter((step) => step !== INTERVAL_SECONDS * 1000);
    const isBehind = (times.at(-1) ?? 0) < Date.now();
    return [
      ...(wrong.length === 0 ? [] : [`schedule ${id}: steps of ${wrong.join(', ')} ms`]),
      ...(isBehind ? [`schedule ${id} has no run ahead`] : []),
    ];
  });
  if (dates.size !== SCHEDULES) faults.push(`${dates.size} of ${SCHEDULES} schedules have runs`);
  return { faults, count };
};

const makeRuns = async (
  { survivor, victim, runs }: PollerProof,
  flow_id: string,
): Promise<readonly string[]> => {
  const ids: string[] = [];
  const body = { flow_id, work_pool_name: POOL, state: { type: 'SCHEDULED' } };
  while (ids.length < runs) {
    const made = Array.from({ length: Math.min(20, runs - ids.length) }, () =>
      restCall<Answer>(survivor.url, '/flow_runs/', { body }),
    );
    for (const run of await Promise.all(made)) ids.push(run.id);
    if (ids.length >= runs / 2) await victim.stop('SIGKILL');
  }
  return ids;
};

/** Lets pollers of two servers do runs of one pool, kills one server half-way, and tells what was lost or doubled. */
export const provePollers = async (proof: PollerProof): Promise<PollerReport> => {
  const urls = [proof.survivor.url, proof.victim.url];
  const startedAt = performance.now();
  const flow = await askAny<Answer>(urls, '/flows/', { name: 'polled' });
  await askAny(urls, '/work_pools/', { name: POOL, type: 'process' });
  await makeSchedules(urls, flow.id);
  const counters: Counters = { executed: [], polls: 0, refused: 0 };
  let isOver = false;
  const pollers = Array.from({ length: proof.pollers }, (_unused, index) =>
    poll(index % 2 === 0 ? urls : urls.toReversed(), counters, () => !isOver),
  );
  const ids = await makeRuns(proof, flow.id);
  const end = performance.now() + proof.withinMillis;
  while (counters.executed.length < proof.runs && performance.now() < end) await pause(100);
  // What would be done twice has had the time for it, and the schedules several more dates.
  await pause(3 * INTERVAL_SECONDS * 1000);
  isOver = true;
  await Promise.all(pollers);
  const { faults, count } = await faultsOfSchedules(proof.survivor.url);
  const times = new Map<string, number>(ids.map((id) => [id, 0]));
  for (const id of counters.executed) times.set(id, (times.get(id) ?? 0) + 1);
  for (const [id, executed] of times) {
    if (executed !== 1) faults.push(`run ${id} was executed ${executed} times`);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const { executed, polls, refused } = counters;
  return { seconds, executed: executed.length, scheduledRuns: count, polls, refused, faults };
};
