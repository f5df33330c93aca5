import { duration, number, optional, text, whole } from './kinds.ts';
import { setting } from './setting.ts';

/** Concurrency limits and the leases on their slots. */
export const concurrencySettings = {
  leaseStorage: setting('server.concurrency.lease_storage', text, {
    fallback: 'prefect.server.concurrency.lease_storage.memory',
    about: 'The Python module that keeps the leases.',
    ignored: 'leases are always kept in the database and survive a restart',
  }),
  initialDeploymentLeaseDurationSeconds: setting(
    'server.concurrency.initial_deployment_lease_duration',
    number({ atLeast: 30, atMost: 3600 }),
    {
      fallback: 300,
      about:
        "How long a new run's lease on a slot of its deployment lasts before it must be renewed.",
    },
  ),
  maximumConcurrencySlotWaitSeconds: setting(
    'server.concurrency.maximum_concurrency_slot_wait_seconds',
    number({ atLeast: 0 }),
    { fallback: 30, about: 'The longest wait that a caller without a free slot is told.' },
  ),
  slotHoldSeconds: setting(
    'server.concurrency.slot_hold_seconds',
    number({ atLeast: 0, atMost: 50 }),
    {
      fallback: 5,
      about:
        'How long a caller without a free slot is kept waiting for one, in order of arrival, before it is refused.',
    },
  ),
};

export const deploymentSettings = {
  maxScheduledRuns: setting(
    'server.deployment_schedule_max_scheduled_runs',
    whole({ atLeast: 0 }),
    {
      fallback: 50,
      alias: 'PREFECT_DEPLOYMENT_SCHEDULE_MAX_SCHEDULED_RUNS',
      about: 'The most runs that one deployment schedule may ask to be planned ahead.',
    },
  ),
  concurrencySlotWaitSeconds: setting(
    'server.deployments.concurrency_slot_wait_seconds',
    number({ atLeast: 0 }),
    {
      fallback: 30,
      alias: 'PREFECT_DEPLOYMENT_CONCURRENCY_SLOT_WAIT_SECONDS',
      about: 'How long a run waits before it asks again for a slot of its deployment.',
    },
  ),
};

export const taskSettings = {
  tagConcurrencySlotWaitSeconds: setting(
    'server.tasks.tag_concurrency_slot_wait_seconds',
    number({ atLeast: 0 }),
    {
      fallback: 10,
      alias: 'PREFECT_TASK_RUN_TAG_CONCURRENCY_SLOT_WAIT_SECONDS',
      about: 'How long a task run waits before it asks again for a slot of its tags.',
    },
  ),
  maxCacheKeyLength: setting('server.tasks.max_cache_key_length', whole({ atLeast: 0 }), {
    fallback: 2000,
    alias: 'PREFECT_API_TASK_CACHE_KEY_MAX_LENGTH',
    about: 'The most characters that a cache key may have.',
  }),
  maxScheduledQueueSize: setting(
    'server.tasks.scheduling.max_scheduled_queue_size',
    whole({ above: 0 }),
    {
      fallback: 1000,
      alias: 'PREFECT_TASK_SCHEDULING_MAX_SCHEDULED_QUEUE_SIZE',
      about: 'The most background tasks of one key that wait in memory for a task worker.',
      ignored: 'background tasks wait in the database, which takes any number',
    },
  ),
  maxRetryQueueSize: setting('server.tasks.scheduling.max_retry_queue_size', whole({ above: 0 }), {
    fallback: 100,
    alias: 'PREFECT_TASK_SCHEDULING_MAX_RETRY_QUEUE_SIZE',
    about: 'The most background tasks of one key that wait in memory to be sent again.',
    ignored: 'background tasks wait in the database, which takes any number',
  }),
  pendingTaskTimeoutSeconds: setting(
    'server.tasks.scheduling.pending_task_timeout',
    duration({ atLeast: 0 }),
    {
      fallback: 0,
      alias: 'PREFECT_TASK_SCHEDULING_PENDING_TASK_TIMEOUT',
      about: 'When a background task that stays pending is sent again.',
      ignored: 'Prefect itself does not read it',
    },
  ),
};

/** The channel over which workers are told what to clean up. */
export const workerChannelSettings = {
  cleanupQueueStorage: setting('server.worker_channel.cleanup_queue_storage', text, {
    fallback: 'prefect.server.worker_communication.cleanup_queue.memory',
    about: 'The Python module that keeps the queue.',
    ignored: 'the queue is always kept in the database',
  }),
  cleanupLeaseSeconds: setting(
    'server.worker_channel.cleanup_lease_seconds',
    number({ above: 0 }),
    {
      fallback: 30,
      about: 'How long a worker may take for a cleanup before it is offered to another.',
    },
  ),
  cleanupMaxDeliveryAttempts: setting(
    'server.worker_channel.cleanup_max_delivery_attempts',
    whole({ atLeast: 1 }),
    {
      fallback: 3,
      about: 'How often a cleanup is offered before it is given up.',
    },
  ),
  cleanupCompletedIdempotencyRetentionSeconds: setting(
    'server.worker_channel.cleanup_completed_idempotency_retention_seconds',
    optional(number({ atLeast: 0 })),
    {
      fallback: null,
      about: 'How long a finished cleanup is remembered; for good when it is not set.',
    },
  ),
};
