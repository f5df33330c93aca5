import { readFileSync } from 'node:fs';

import { type JsonObject, isJsonObject } from '#server/json.ts';
import type { ProposedState } from '#server/orchestration/states.ts';
import { defaultStateName, isStateType } from '#server/orchestration/states.ts';
import { addSeconds, formatInstant, nowMicros } from '#server/time.ts';

/** How a run stands after a transition; of instants and lists only whether and how many there are. */
type RecordedRun = Readonly<Record<string, unknown>>;

export interface RecordedVerdict {
  readonly status: string;
  readonly details: { readonly reason?: string; readonly delay_seconds?: number };
  readonly state: {
    readonly type: string;
    readonly name: string;
    readonly message?: string;
    readonly scheduled?: boolean;
    readonly data?: boolean;
  };
  readonly after: RecordedRun;
}

export type RecordedKind = 'flow_run' | 'flow_run with deployment' | 'task_run';

export interface RecordedTransition extends RecordedVerdict {
  readonly run: RecordedKind;
  readonly from: string;
  readonly to: string;
  readonly force: boolean;
  /** The state of the flow run around a task run; running when it is left out. */
  readonly flow_run?: string;
}

interface RecordedSequence {
  readonly sequence: string;
  readonly run: RecordedKind;
  readonly create: JsonObject;
  readonly first: string;
  readonly steps: readonly (RecordedVerdict & { readonly to: string | JsonObject })[];
}

const lines: readonly (RecordedTransition | RecordedSequence)[] = readFileSync(
  new URL('../../reference/transitions.jsonl', import.meta.url),
  'utf8',
)
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line));

export const recordedSequences = lines.filter((line) => 'sequence' in line);
export const recordedTransitions = lines.filter(
  (line): line is RecordedTransition => !('sequence' in line),
);

const inSeconds = (seconds: number): string => formatInstant(addSeconds(nowMicros(), seconds));

type Shape = Pick<ProposedState, 'type'> & Partial<ProposedState>;

const shapes = (): Readonly<Record<string, Shape>> => ({
  'Scheduled past': { type: 'SCHEDULED', details: { scheduled_time: inSeconds(-60) } },
  'Scheduled future': { type: 'SCHEDULED', details: { scheduled_time: inSeconds(3600) } },
  Late: { type: 'SCHEDULED', name: 'Late', details: { scheduled_time: inSeconds(-60) } },
  AwaitingRetry: {
    type: 'SCHEDULED',
    name: 'AwaitingRetry',
    details: { scheduled_time: inSeconds(-1) },
  },
  AwaitingConcurrencySlot: {
    type: 'SCHEDULED',
    name: 'AwaitingConcurrencySlot',
    details: { scheduled_time: inSeconds(-1) },
  },
  Resuming: { type: 'SCHEDULED', name: 'Resuming', details: { scheduled_time: inSeconds(-1) } },
  Pending: { type: 'PENDING' },
  Submitting: { type: 'PENDING', name: 'Submitting' },
  Running: { type: 'RUNNING' },
  Retrying: { type: 'RUNNING', name: 'Retrying' },
  Completed: { type: 'COMPLETED' },
  'Completed persisted': { type: 'COMPLETED', data: { type: 'reference', storage_key: 'k' } },
  Cached: { type: 'COMPLETED', name: 'Cached' },
  Failed: { type: 'FAILED' },
  Cancelled: { type: 'CANCELLED' },
  Crashed: { type: 'CRASHED' },
  Paused: { type: 'PAUSED', details: { pause_timeout: inSeconds(600) } },
  Suspended: {
    type: 'PAUSED',
    name: 'Suspended',
    details: { pause_timeout: inSeconds(600), pause_reschedule: true },
  },
  Cancelling: { type: 'CANCELLING' },
});

const isRelative = (value: unknown): value is string =>
  typeof value === 'string' && /^[+-]\d+$/.test(value);

const complete = (shape: Shape): ProposedState => ({
  name: defaultStateName(shape.type),
  message: null,
  details: {},
  data: null,
  ...shape,
});

const spelledOut = ({ type, name, state_details: given, data }: JsonObject): ProposedState => {
  if (!isStateType(type)) throw new Error(`No such state: ${JSON.stringify(type)}`);
  const details = Object.entries(isJsonObject(given) ? given : {}).map(([key, value]) => {
    if (value === '<2001 chars>') return [key, 'x'.repeat(2001)] as const;
    return [key, isRelative(value) ? inSeconds(Number(value)) : value] as const;
  });
  return complete({
    type,
    ...(typeof name === 'string' ? { name } : {}),
    details: Object.fromEntries(details),
    data: data ?? null,
  });
};

/** The proposal that a recording names, or spells out. */
export const proposalOf = (to: string | JsonObject): ProposedState => {
  if (typeof to !== 'string') return spelledOut(to);
  const shape = shapes()[to.replace('!', '')];
  if (shape === undefined) throw new Error(`No such state: ${to}`);
  return complete(shape);
};
