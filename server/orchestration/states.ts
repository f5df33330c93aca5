import type { JsonObject, JsonValue } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

export const STATE_TYPES = [
  'SCHEDULED',
  'PENDING',
  'RUNNING',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'CRASHED',
  'PAUSED',
  'CANCELLING',
] as const;

export type StateType = (typeof STATE_TYPES)[number];

const TERMINAL: ReadonlySet<StateType> = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED']);

/** Whether a run in this kind of state has ended. */
export const isTerminal = (type: StateType): boolean => TERMINAL.has(type);

export const isStateType = (value: unknown): value is StateType =>
  STATE_TYPES.some((type) => type === value);

/** A state of a run as it is stored: `details` holds Prefect's keys in snake_case, as clients send them. */
export interface State {
  readonly id: string;
  readonly type: StateType;
  readonly name: string;
  readonly timestamp: Micros;
  readonly message: string | null;
  readonly details: JsonObject;
  readonly data: JsonValue;
}

/** A state that somebody asks for: the server mints its id and timestamp. */
export type ProposedState = Omit<State, 'id' | 'timestamp'>;

/** The name a state carries when it was given none: `AWAITING_X` would read `Awaiting X`. */
export const defaultStateName = (type: StateType): string =>
  type.charAt(0) + type.slice(1).toLowerCase();
