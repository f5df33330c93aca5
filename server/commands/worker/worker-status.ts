import type { WorkerRow } from '#prisma/tables.ts';
import type { Settings } from '#server/settings.ts';
import { type Micros, addSeconds } from '#server/time.ts';

export type WorkerStatus = 'ONLINE' | 'OFFLINE';

export interface HeartbeatRule {
  /** How many intervals a worker may be silent. */
  readonly multiple: number;
  /** The interval of a worker that names none above zero. */
  readonly fallbackSeconds: number;
}

/** When workers count as online. */
export const onlineSince = ({ services }: Settings): HeartbeatRule => ({
  multiple: services.foreman.inactivityHeartbeatMultiple,
  fallbackSeconds: services.foreman.fallbackHeartbeatIntervalSeconds,
});

/** Whether a worker was heard of lately; what is stored may be older than that. */
export const workerStatus = (
  worker: Pick<WorkerRow, 'lastHeartbeatTime' | 'heartbeatIntervalSeconds'>,
  { rule, now }: { readonly rule: HeartbeatRule; readonly now: Micros },
): WorkerStatus => {
  const told = worker.heartbeatIntervalSeconds ?? 0;
  const interval = told > 0 ? told : rule.fallbackSeconds;
  return addSeconds(worker.lastHeartbeatTime, interval * rule.multiple) >= now
    ? 'ONLINE'
    : 'OFFLINE';
};
