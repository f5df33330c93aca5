import { duration, durationsByName, flag, number, vacuumParts, whole } from './kinds.ts';
import { setting, type Setting } from './setting.ts';

interface Switch {
  readonly does: string;
  readonly fallback?: boolean;
  /** Whether the variable had a name in Prefect 2 that still counts. */
  readonly isAliased?: boolean;
  readonly ignored?: string;
}

interface Period {
  readonly fallback: number;
  readonly isAliased?: boolean;
  readonly ignored?: string;
}

const UNBUILT = 'the service is not built yet';

const older = (service: string, name: string): string =>
  `PREFECT_API_SERVICES_${service.toUpperCase()}_${name.toUpperCase()}`;

const aliasOf = (isAliased: boolean, name: string): { readonly alias?: string } =>
  isAliased ? { alias: name } : {};

const enabled = (service: string, { does, isAliased = true, ...rest }: Switch): Setting<boolean> =>
  setting(`server.services.${service}.enabled`, flag, {
    fallback: true,
    about: `Whether the service runs that ${does}.`,
    ...aliasOf(isAliased, older(service, 'enabled')),
    ...rest,
  });

const loopSeconds = (service: string, { isAliased = true, ...rest }: Period): Setting<number> =>
  setting(`server.services.${service}.loop_seconds`, number({ above: 0 }), {
    about: 'The period of the service.',
    ...aliasOf(isAliased, older(service, 'loop_seconds')),
    ...rest,
  });

const BATCHES = 'batches are as large as what has arrived, without a wait';

const cancellationCleanup = {
  enabled: enabled('cancellation_cleanup', {
    does: 'cancels what belongs to cancelled flow runs',
  }),
  loopSeconds: loopSeconds('cancellation_cleanup', { fallback: 20 }),
  cancellingTimeoutSeconds: setting(
    'server.services.cancellation_cleanup.cancelling_timeout_seconds',
    number({ above: 0 }),
    {
      fallback: 300,
      about: 'How long a flow run may be cancelling before it counts as cancelled.',
    },
  ),
};

const vacuum = {
  parts: setting('server.services.db_vacuum.enabled', vacuumParts, {
    fallback: ['events'],
    about:
      'What the vacuum removes: `events` and `flow_runs` that are old, `orphans` (logs and artifacts of runs that are gone; `flow_runs` includes them).',
  }),
  loopSeconds: loopSeconds('db_vacuum', { fallback: 3600, isAliased: false }),
  orphanCleanupLoopSeconds: setting(
    'server.services.db_vacuum.orphan_cleanup_loop_seconds',
    number({ above: 0 }),
    {
      fallback: 86_400,
      about: 'How often logs and artifacts without a run are looked for.',
    },
  ),
  retentionPeriodSeconds: setting(
    'server.services.db_vacuum.retention_period',
    duration({ above: 3600 }),
    {
      fallback: 7_776_000,
      about: 'How long finished flow runs are kept, where flow runs are removed at all.',
    },
  ),
  batchSize: setting('server.services.db_vacuum.batch_size', whole({ above: 0 }), {
    fallback: 200,
    about: 'How many flow runs, or runs that left something behind, are looked for at a time.',
  }),
  eventRetentionOverridesSeconds: setting(
    'server.services.db_vacuum.event_retention_overrides',
    durationsByName,
    {
      fallback: { 'prefect.flow-run.heartbeat': 604_800 },
      about:
        'How long events of some names are kept, where that is shorter than the general period.',
    },
  ),
};

const eventPersister = {
  enabled: enabled('event_persister', { does: 'keeps the events that clients send' }),
  batchSize: setting('server.services.event_persister.batch_size', whole({ above: 0 }), {
    fallback: 20,
    alias: older('event_persister', 'batch_size'),
    about: 'How many events Prefect collects before it writes them.',
    ignored: BATCHES,
  }),
  readBatchSize: setting('server.services.event_persister.read_batch_size', whole({ above: 0 }), {
    fallback: 1,
    alias: older('event_persister', 'read_batch_size'),
    about: 'How many events Prefect takes from its queue at a time.',
    ignored: BATCHES,
  }),
  flushIntervalSeconds: setting(
    'server.services.event_persister.flush_interval',
    number({ above: 0 }),
    {
      fallback: 5,
      alias: older('event_persister', 'flush_interval'),
      about: 'How long Prefect waits before it writes an incomplete batch.',
      ignored: BATCHES,
    },
  ),
  queueMaxSize: setting('server.services.event_persister.queue_max_size', whole({ above: 0 }), {
    fallback: 50_000,
    about: 'How many events may wait to be written before senders are slowed down.',
    ignored: 'sources are paused by the size of what waits, not by its number',
  }),
  maxFlushRetries: setting(
    'server.services.event_persister.max_flush_retries',
    whole({ above: 0 }),
    {
      fallback: 5,
      about: 'How often Prefect tries to write a batch before it drops it.',
      ignored: 'no batch is dropped',
    },
  ),
};

const foreman = {
  enabled: enabled('foreman', {
    does: 'marks workers, pools, queues and deployments as ready or not',
  }),
  loopSeconds: loopSeconds('foreman', { fallback: 15 }),
  inactivityHeartbeatMultiple: setting(
    'server.services.foreman.inactivity_heartbeat_multiple',
    whole({ above: 0 }),
    {
      fallback: 3,
      alias: older('foreman', 'inactivity_heartbeat_multiple'),
      about: 'After how many missed heartbeats a worker counts as offline.',
    },
  ),
  fallbackHeartbeatIntervalSeconds: setting(
    'server.services.foreman.fallback_heartbeat_interval_seconds',
    whole({ above: 0 }),
    {
      fallback: 30,
      alias: older('foreman', 'fallback_heartbeat_interval_seconds'),
      about: 'The heartbeat interval of a worker that names none.',
    },
  ),
  deploymentLastPolledTimeoutSeconds: setting(
    'server.services.foreman.deployment_last_polled_timeout_seconds',
    whole({ above: 0 }),
    {
      fallback: 60,
      alias: older('foreman', 'deployment_last_polled_timeout_seconds'),
      about: 'How long after the last poll a deployment counts as ready.',
    },
  ),
  workQueueLastPolledTimeoutSeconds: setting(
    'server.services.foreman.work_queue_last_polled_timeout_seconds',
    whole({ above: 0 }),
    {
      fallback: 60,
      alias: older('foreman', 'work_queue_last_polled_timeout_seconds'),
      about: 'How long after the last poll a work queue counts as ready.',
    },
  ),
};

const heartbeatReaper = {
  enabled: enabled('heartbeat_reaper', {
    does: 'crashes running flow runs whose heartbeats have stopped (Prefect leaves it to an automation)',
    fallback: false,
    isAliased: false,
  }),
  loopSeconds: loopSeconds('heartbeat_reaper', { fallback: 30, isAliased: false }),
  afterSeconds: setting('server.services.heartbeat_reaper.after_seconds', duration({ above: 0 }), {
    fallback: 600,
    about:
      'How long after its last heartbeat a running flow run is crashed: several times what clients have as `PREFECT_FLOWS_HEARTBEAT_FREQUENCY`. A run that never sent one is left alone.',
  }),
};

const lateRuns = {
  enabled: enabled('late_runs', { does: 'marks runs that did not start in time as late' }),
  loopSeconds: loopSeconds('late_runs', { fallback: 5 }),
  afterSeconds: setting('server.services.late_runs.after_seconds', duration({ atLeast: 0 }), {
    fallback: 15,
    alias: older('late_runs', 'after_seconds'),
    about: 'How long past its time a run may be before it is late.',
  }),
};

const scheduler = {
  enabled: enabled('scheduler', { does: 'plans the runs of deployment schedules ahead' }),
  loopSeconds: loopSeconds('scheduler', { fallback: 60 }),
  deploymentBatchSize: setting(
    'server.services.scheduler.deployment_batch_size',
    whole({ above: 0 }),
    {
      fallback: 100,
      alias: older('scheduler', 'deployment_batch_size'),
      about: 'How many deployments are planned at a time.',
    },
  ),
  maxRuns: setting('server.services.scheduler.max_runs', whole({ atLeast: 0 }), {
    fallback: 100,
    alias: older('scheduler', 'max_runs'),
    about: 'The most runs of a schedule that are planned ahead.',
  }),
  minRuns: setting('server.services.scheduler.min_runs', whole({ atLeast: 0 }), {
    fallback: 3,
    alias: older('scheduler', 'min_runs'),
    about: 'The least runs of a schedule that are planned ahead, however far they reach.',
  }),
  maxScheduledTimeSeconds: setting(
    'server.services.scheduler.max_scheduled_time',
    duration({ above: 0 }),
    {
      fallback: 8_640_000,
      alias: older('scheduler', 'max_scheduled_time'),
      about: 'How far ahead runs are planned at most.',
    },
  ),
  minScheduledTimeSeconds: setting(
    'server.services.scheduler.min_scheduled_time',
    duration({ atLeast: 0 }),
    {
      fallback: 3600,
      alias: older('scheduler', 'min_scheduled_time'),
      about: 'How far ahead runs are planned at least.',
    },
  ),
  insertBatchSize: setting('server.services.scheduler.insert_batch_size', whole({ above: 0 }), {
    fallback: 500,
    alias: older('scheduler', 'insert_batch_size'),
    about: 'How many planned runs are written in one transaction.',
  }),
  recentDeploymentsLoopSeconds: setting(
    'server.services.scheduler.recent_deployments_loop_seconds',
    number({ above: 0 }),
    { fallback: 5, about: 'How often deployments that were just changed are planned.' },
  ),
};

const taskRunRecorder = {
  enabled: enabled('task_run_recorder', {
    does: 'records task runs from the events that clients send',
  }),
  readBatchSize: setting('server.services.task_run_recorder.read_batch_size', whole({ above: 0 }), {
    fallback: 1,
    about: 'How many events Prefect takes from its queue at a time.',
    ignored: BATCHES,
  }),
  batchSize: setting('server.services.task_run_recorder.batch_size', whole({ above: 0 }), {
    fallback: 1,
    about: 'How many task runs Prefect writes at a time.',
    ignored: BATCHES,
  }),
  flushIntervalSeconds: setting(
    'server.services.task_run_recorder.flush_interval',
    number({ above: 0 }),
    {
      fallback: 5,
      about: 'How long Prefect waits before it writes an incomplete batch.',
      ignored: BATCHES,
    },
  ),
};

const triggers = {
  enabled: enabled('triggers', {
    does: "watches events for automations' triggers",
    ignored: UNBUILT,
  }),
  readBatchSize: setting('server.services.triggers.read_batch_size', whole({ above: 0 }), {
    fallback: 1,
    about: 'How many events Prefect takes from its queue at a time.',
    ignored: BATCHES,
  }),
  reconnectIntervalSeconds: setting(
    'server.services.triggers.pg_notify_reconnect_interval_seconds',
    whole({ above: 0 }),
    {
      fallback: 10,
      about: 'How long to wait before a lost LISTEN connection to PostgreSQL is opened again.',
      ignored: UNBUILT,
    },
  ),
  heartbeatIntervalSeconds: setting(
    'server.services.triggers.pg_notify_heartbeat_interval_seconds',
    whole({ above: 0 }),
    {
      fallback: 5,
      about: 'How often the LISTEN connection to PostgreSQL is checked.',
      ignored: UNBUILT,
    },
  ),
};

/** The background services; each group is one of them. */
export const serviceSettings = {
  enabled: setting('server.services.enabled', flag, {
    fallback: true,
    about: 'Whether background services run in this process at all; `--no-services` turns it off.',
  }),
  cancellationCleanup,
  vacuum,
  eventPersister,
  eventLogger: {
    enabled: enabled('event_logger', {
      does: 'writes every event to the log',
      fallback: false,
    }),
  },
  foreman,
  lateRuns,
  scheduler,
  pauseExpirations: {
    enabled: enabled('pause_expirations', {
      does: 'fails runs whose pause has run out',
    }),
    loopSeconds: loopSeconds('pause_expirations', { fallback: 5 }),
  },
  heartbeatReaper,
  repossessor: {
    enabled: enabled('repossessor', {
      does: 'frees slots whose lease has run out',
      isAliased: false,
    }),
    loopSeconds: loopSeconds('repossessor', { fallback: 15, isAliased: false }),
  },
  cleanupReconciler: {
    enabled: enabled('cleanup_reconciler', {
      does: 'hands out again what workers did not acknowledge in time',
      isAliased: false,
    }),
    loopSeconds: loopSeconds('cleanup_reconciler', {
      fallback: 5,
      isAliased: false,
    }),
    batchSize: setting('server.services.cleanup_reconciler.batch_size', whole({ above: 0 }), {
      fallback: 100,
      about: 'How many cleanups are handed on at a time.',
    }),
  },
  taskRunRecorder,
  triggers,
};
