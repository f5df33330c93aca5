import type { StateType } from '@prefect-server/client-gen/web';

/** Every state type in the order lists and charts show them: what needs a look comes first. */
export const stateTypes = [
  'FAILED',
  'CRASHED',
  'RUNNING',
  'PENDING',
  'CANCELLING',
  'PAUSED',
  'SCHEDULED',
  'CANCELLED',
  'COMPLETED',
] as const satisfies readonly StateType[];

const labels: Readonly<Record<StateType, string>> = {
  SCHEDULED: 'Scheduled',
  PENDING: 'Pending',
  RUNNING: 'Running',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  CANCELLED: 'Cancelled',
  CRASHED: 'Crashed',
  PAUSED: 'Paused',
  CANCELLING: 'Cancelling',
};

const terminal: ReadonlySet<StateType> = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED']);

export const stateLabel = (type: StateType): string => labels[type];

export const isTerminal = (type: StateType): boolean => terminal.has(type);

export const isStateType = (text: string): text is StateType => text in labels;

/** The custom property that carries a state's colour, e.g. `--state-running`. */
export const stateColor = (type: StateType): string => `var(--state-${type.toLowerCase()})`;
