import { cancellationCleanup } from './cancellation-cleanup.ts';
import { cancellationTimeouts } from './cancellation-timeouts.ts';
import { deliveryReconciler } from './delivery-reconciler.ts';
import { createEventLogger } from './event-logger.ts';
import { createEventRelay } from './event-relay.ts';
import { foreman } from './foreman.ts';
import { heartbeatReaper } from './heartbeat-reaper.ts';
import { lateRuns } from './late-runs.ts';
import { pauseExpirations } from './pause-expirations.ts';
import { recentDeployments } from './recent-deployments.ts';
import { repossessor } from './repossessor.ts';
import { createRollupGatherer } from './rollup-gatherer.ts';
import { scheduler } from './scheduler.ts';
import type { Service } from './service.ts';
import { eventVacuum, flowRunVacuum, journalVacuum, orphanVacuum } from './vacuum.ts';

/** Every service of the server; a process makes its own list, because some remember how far they have come. */
export const listServices = (): readonly Service[] => [
  createEventRelay(),
  createEventLogger(),
  scheduler,
  recentDeployments,
  foreman,
  lateRuns,
  pauseExpirations,
  heartbeatReaper,
  repossessor,
  cancellationTimeouts,
  cancellationCleanup,
  deliveryReconciler,
  journalVacuum,
  eventVacuum,
  flowRunVacuum,
  orphanVacuum,
  createRollupGatherer(),
];
