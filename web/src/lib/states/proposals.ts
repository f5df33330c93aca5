import type { StateInput } from '@prefect-server/client-gen/web';

/** A state that is to begin at an ISO instant. */
export const scheduledAt = (instant: string): StateInput => ({
  type: 'SCHEDULED',
  details: { scheduled_time: instant },
});

/** A state in which a running run waits to be resumed until an ISO instant, and fails after it. */
export const pausedUntil = (instant: string): StateInput => ({
  type: 'PAUSED',
  details: { pause_timeout: instant, pause_reschedule: false },
});
