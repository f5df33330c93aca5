import type { JsonValue } from '#server/json.ts';

import type { WalkRequest } from '../requests.ts';

export type Step = WalkRequest;

/** Requests that are sent one after the other to both servers, whose whole answers have to be alike. */
export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

const step =
  (method: string) =>
  (path: string, body: JsonValue = null, makes: string | null = null): Step => ({
    method,
    path: `/api${path}`,
    body: body === null ? null : JSON.stringify(body),
    makes,
  });

export const post = step('POST');
export const patch = step('PATCH');
export const remove = step('DELETE');
export const see = step('GET');

/** The same request later. */
export const after = (waitSeconds: number, one: Step): Step => ({ ...one, waitSeconds });

/** The same request of what services have done, which take longer on a machine that does other things. */
export const eventually = (one: Step): Step => ({ ...one, patienceSeconds: 60 });

/** The same request, of whose answer the order counts too. */
export const inOrder = (one: Step): Step => ({ ...one, isOrdered: true });

type State = Readonly<Record<string, JsonValue>>;

/** A proposal to the run of a kind, and a look at the run after it. */
export const propose = (run: string, state: State, force = false): readonly Step[] => [
  post(`/flow_runs/{{${run}:0}}/set_state`, { state, force }),
  see(`/flow_runs/{{${run}:0}}`),
];

export const proposeTask = (run: string, state: State, force = false): readonly Step[] => [
  post(`/task_runs/{{${run}:0}}/set_state`, { state, force }),
  see(`/task_runs/{{${run}:0}}`),
];

/** The states that a run went through, oldest first. */
export const seeStates = (run: string): Step => see(`/flow_run_states/?flow_run_id={{${run}:0}}`);

export const PENDING = { type: 'PENDING' } as const;
export const RUNNING = { type: 'RUNNING' } as const;
export const COMPLETED = { type: 'COMPLETED' } as const;
export const FAILED = { type: 'FAILED', message: 'boom' } as const;
export const CRASHED = { type: 'CRASHED' } as const;
export const CANCELLING = { type: 'CANCELLING' } as const;
export const CANCELLED = { type: 'CANCELLED' } as const;

const PAST = '2020-01-01T00:00:00Z';
const FUTURE = '2040-01-01T00:00:00Z';

export const scheduled = (name = 'Scheduled', at = PAST): State => ({
  type: 'SCHEDULED',
  name,
  state_details: { scheduled_time: at },
});

export const paused = (details: State = {}, name = 'Paused'): State => ({
  type: 'PAUSED',
  name,
  state_details: { pause_timeout: FUTURE, pause_reschedule: false, ...details },
});

export const suspended = (details: State = {}): State =>
  paused({ pause_reschedule: true, ...details }, 'Suspended');
