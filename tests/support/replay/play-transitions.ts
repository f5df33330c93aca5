import { setTimeout as pause } from 'node:timers/promises';

import type { Answer } from './http-call.ts';
import { HttpCaller } from './http-call.ts';
import type { StateSpec, Step, TransitionCase } from './transition-case.ts';

type Fields = Readonly<Record<string, unknown>>;

const instant = (offsetSeconds: number): string =>
  new Date(Date.now() + offsetSeconds * 1000).toISOString();

const scheduled = (name: string, offsetSeconds: number): Fields => ({
  type: 'SCHEDULED',
  name,
  state_details: { scheduled_time: instant(offsetSeconds) },
});

const RESULT = { type: 'reference', storage_key: 'result' };

const NAMED: Readonly<Record<string, () => Fields>> = {
  'Scheduled past': () => scheduled('Scheduled', -10),
  'Scheduled future': () => scheduled('Scheduled', 3600),
  Late: () => scheduled('Late', -10),
  AwaitingRetry: () => scheduled('AwaitingRetry', -10),
  AwaitingConcurrencySlot: () => scheduled('AwaitingConcurrencySlot', -10),
  Resuming: () => scheduled('Resuming', -10),
  Pending: () => ({ type: 'PENDING', name: 'Pending' }),
  Submitting: () => ({ type: 'PENDING', name: 'Submitting' }),
  Running: () => ({ type: 'RUNNING', name: 'Running' }),
  Retrying: () => ({ type: 'RUNNING', name: 'Retrying' }),
  Paused: () => ({
    type: 'PAUSED',
    name: 'Paused',
    state_details: { pause_timeout: instant(600), pause_key: crypto.randomUUID() },
  }),
  Suspended: () => ({
    type: 'PAUSED',
    name: 'Suspended',
    state_details: {
      pause_timeout: instant(600),
      pause_key: crypto.randomUUID(),
      pause_reschedule: true,
    },
  }),
  Cancelling: () => ({ type: 'CANCELLING', name: 'Cancelling' }),
  Cancelled: () => ({ type: 'CANCELLED', name: 'Cancelled' }),
  Completed: () => ({ type: 'COMPLETED', name: 'Completed' }),
  'Completed persisted': () => ({ type: 'COMPLETED', name: 'Completed', data: RESULT }),
  Cached: () => ({ type: 'COMPLETED', name: 'Cached' }),
  Failed: () => ({ type: 'FAILED', name: 'Failed' }),
  Crashed: () => ({ type: 'CRASHED', name: 'Crashed' }),
};

const spelledOut = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  if (/^[+-]\d+$/u.test(value)) return instant(Number(value));
  return value === '<2001 chars>' ? 'k'.repeat(2001) : value;
};

const stateOf = (spec: StateSpec): Fields => {
  if (typeof spec === 'string') {
    const make = NAMED[spec.replace('!', '')];
    if (make === undefined) throw new Error(`no state is called ${spec}`);
    return make();
  }
  const details = Object.entries((spec['state_details'] ?? {}) as Fields);
  return {
    ...spec,
    state_details: Object.fromEntries(details.map(([key, value]) => [key, spelledOut(value)])),
  };
};

interface Verdict {
  readonly status: string;
  readonly details: Fields;
  readonly state: Fields & { readonly state_details?: Fields };
}

/** Speaks JSON to one server; a passing 503 is repeated. */
class Door {
  readonly #caller: HttpCaller;
  readonly ids = { flow: '', deployment: '' };

  constructor(url: string) {
    this.#caller = new HttpCaller(url);
  }

  async ask(method: string, path: string, body?: Fields): Promise<Answer> {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.#caller.send({
        method,
        path: `/api${path}`,
        headers: { 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
      });
      if (answer.status !== 503 || attempt === 10) return answer;
      await pause(100);
    }
  }

  async make(path: string, body: Fields): Promise<string> {
    const answer = await this.ask('POST', path, body);
    if (answer.status >= 300) throw new Error(`${path} answered ${answer.status} ${answer.text}`);
    return String((JSON.parse(answer.text) as Fields)['id']);
  }

  async prepare(): Promise<void> {
    this.ids.flow = await this.make('/flows/', { name: 'transitions' });
    const deployment = { flow_id: this.ids.flow, name: 'transitions' };
    this.ids.deployment = await this.make('/deployments/', deployment);
  }

  close(): void {
    this.#caller.close();
  }
}

const flowRunIn = async (door: Door, state: string, fields: Fields): Promise<string> => {
  const path = '/flow_runs/';
  const id = await door.make(path, { flow_id: door.ids.flow, ...fields });
  if (state === 'Pending') return id;
  await door.ask('POST', `${path}${id}/set_state`, { state: stateOf(state), force: true });
  return id;
};

let dynamicKey = 0;

/** The address of a run that stands in the first state of a case. */
const standing = async (door: Door, { run, create, first, enclosing }: TransitionCase) => {
  if (run !== 'task_run') {
    const fields = run === 'flow_run' ? create : { ...create, deployment_id: door.ids.deployment };
    const { infrastructure_pid: pid, ...rest } = fields as Fields & { infrastructure_pid?: string };
    const id = await flowRunIn(door, first, rest);
    if (pid !== undefined) await door.ask('PATCH', `/flow_runs/${id}`, { infrastructure_pid: pid });
    return `/flow_runs/${id}`;
  }
  const flowRunId = await flowRunIn(door, 'Running', {});
  dynamicKey += 1;
  const id = await door.make('/task_runs/', {
    flow_run_id: flowRunId,
    task_key: 'transitions',
    dynamic_key: String(dynamicKey),
    ...create,
  });
  const address = `/task_runs/${id}`;
  if (first !== 'Pending') {
    await door.ask('POST', `${address}/set_state`, { state: stateOf(first), force: true });
  }
  if (enclosing !== 'Running') {
    const state = { state: stateOf(enclosing), force: true };
    await door.ask('POST', `/flow_runs/${flowRunId}/set_state`, state);
  }
  return address;
};

/** A second may pass between the proposal and the answer. */
const isClose = (expected: unknown, actual: unknown): boolean =>
  Math.abs(Number(expected) - Number(actual)) <= 1;

const plainReason = (reason: unknown): string =>
  String(reason).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/gu, '<id>');

const differencesOfVerdict = (step: Step, answer: Answer): string[] => {
  if (answer.status !== step.http) {
    return [`http: expected ${step.http}, got ${answer.status} ${answer.text.slice(0, 200)}`];
  }
  const verdict = JSON.parse(answer.text) as Verdict;
  const found: string[] = [];
  const expect = (what: string, expected: unknown, actual: unknown): void => {
    if (expected !== actual)
      found.push(`${what}: expected ${String(expected)}, got ${String(actual)}`);
  };
  expect('status', step.status, verdict.status);
  if (step.details['reason'] !== undefined) {
    const reason = plainReason(verdict.details['reason']);
    expect('reason', plainReason(step.details['reason']), reason);
  }
  const { delay_seconds: delay } = step.details;
  if (delay !== undefined && !isClose(delay, verdict.details['delay_seconds'])) {
    expect('delay_seconds', delay, verdict.details['delay_seconds']);
  }
  expect('state.type', step.state['type'], verdict.state['type']);
  expect('state.name', step.state['name'], verdict.state['name']);
  const isScheduled = (verdict.state.state_details?.['scheduled_time'] ?? null) !== null;
  expect('state.scheduled', step.state['scheduled'] === true, isScheduled);
  expect('state.data', step.state['data'] === true, (verdict.state['data'] ?? null) !== null);
  return found;
};

const differencesOfRun = (step: Step, answer: Answer): string[] => {
  const run = JSON.parse(answer.text) as Fields & { empirical_policy?: Fields };
  const policy = run.empirical_policy ?? {};
  const keys = policy['pause_keys'];
  const actual: Fields = {
    ...run,
    start_time: run['start_time'] !== null,
    end_time: run['end_time'] !== null,
    next_scheduled_start_time: run['next_scheduled_start_time'] !== null,
    resuming: policy['resuming'],
    retry_type: policy['retry_type'],
    pause_keys: Array.isArray(keys) ? keys.length : keys,
  };
  return Object.entries(step.after)
    .filter(([key, expected]) => actual[key] !== expected)
    .map(
      ([key, expected]) => `after.${key}: expected ${String(expected)}, got ${String(actual[key])}`,
    );
};

const playCase = async (door: Door, one: TransitionCase): Promise<readonly string[]> => {
  const address = await standing(door, one);
  for (const [index, step] of one.steps.entries()) {
    const body = { state: stateOf(step.to), force: step.force };
    const answer = await door.ask('POST', `${address}/set_state`, body);
    const found = differencesOfVerdict(step, answer);
    found.push(...differencesOfRun(step, await door.ask('GET', address)));
    if (found.length > 0) {
      const label = one.steps.length > 1 ? `${one.label}, step ${index + 1}` : one.label;
      return [`${label} | ${found.join('; ')}`];
    }
  }
  return [];
};

/** Proposes every recorded transition to a server and gives one text for each that differs. */
export const playTransitions = async (
  cases: readonly TransitionCase[],
  options: { readonly url: string; readonly connections: number },
): Promise<readonly string[]> => {
  const door = new Door(options.url);
  try {
    await door.prepare();
    const queue = cases.values();
    const work = async (): Promise<readonly string[]> => {
      const found: string[] = [];
      // One queue for all workers.
      for (const one of queue) found.push(...(await playCase(door, one)));
      return found;
    };
    const found = await Promise.all(Array.from({ length: options.connections }, work));
    return found.flat();
  } finally {
    door.close();
  }
};
