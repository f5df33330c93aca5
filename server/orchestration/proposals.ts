import type { JsonValue } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

import { dueAt } from './state-details.ts';
import type { ProposedState } from './states.ts';

const proposal = (
  state: Pick<ProposedState, 'type' | 'name'> & Partial<ProposedState>,
): ProposedState => ({ message: null, details: {}, data: null, ...state });

export interface Due {
  readonly at: Micros;
  readonly message?: string | null;
  readonly data?: JsonValue;
}

export const pending = (): ProposedState => proposal({ type: 'PENDING', name: 'Pending' });

export const running = (): ProposedState => proposal({ type: 'RUNNING', name: 'Running' });

export const scheduled = ({ at }: Due, name = 'Scheduled'): ProposedState =>
  proposal({ type: 'SCHEDULED', name, details: dueAt(at) });

export const awaitingRetry = ({ at, message = null, data = null }: Due): ProposedState =>
  proposal({ type: 'SCHEDULED', name: 'AwaitingRetry', message, data, details: dueAt(at) });

export const failed = (message: string): ProposedState =>
  proposal({ type: 'FAILED', name: 'Failed', message });

export const crashed = (message: string): ProposedState =>
  proposal({ type: 'CRASHED', name: 'Crashed', message });

export const cancelling = (): ProposedState => proposal({ type: 'CANCELLING', name: 'Cancelling' });

export const cancelled = (message: string | null = null): ProposedState =>
  proposal({ type: 'CANCELLED', name: 'Cancelled', message });

export const paused = (
  name: string,
  details: { readonly timeout: string | null; readonly isRescheduled: boolean },
): ProposedState =>
  proposal({
    type: 'PAUSED',
    name,
    details: { pause_timeout: details.timeout, pause_reschedule: details.isRescheduled },
  });
