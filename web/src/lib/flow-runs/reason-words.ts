import type { WaitingReasonKind } from '@prefect-server/client-gen/web';

const untils: Partial<Record<WaitingReasonKind, string>> = {
  NOT_DUE: 'Due',
  RETRY_DELAY: 'Tried again',
  AWAITING_CONCURRENCY_SLOT: 'Asks again',
  PAUSED: 'Fails unless resumed',
  WAITING_FOR_INPUT: 'Fails unless resumed',
  CANCELLING: 'Taken for cancelled',
};

/** What happens when the time of a reason has come, to be followed by that time. */
export const untilWords = (kind: WaitingReasonKind): string => untils[kind] ?? 'Ends by itself';

const sinces: Partial<Record<WaitingReasonKind, string>> = {
  LATE: 'Due',
  STARTING: 'Taken',
  PAUSED: 'Paused',
  WAITING_FOR_INPUT: 'Paused',
  CANCELLING: 'Asked',
};

/** What happened when a reason began, to be followed by that time. */
export const sinceWords = (kind: WaitingReasonKind): string => sinces[kind] ?? 'Began';
