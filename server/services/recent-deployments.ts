import { listRecentDeployments } from '#server/db/sql/schedule-runs.ts';
import { addSeconds, nowMicros } from '#server/time.ts';

import { planInBatches } from './scheduler.ts';
import type { Service } from './service.ts';

/** Plans the first runs of deployments that were just made or changed, without waiting for the scheduler. */
export const recentDeployments: Service = {
  name: 'recent-deployments',
  scope: 'leader',
  everySeconds: ({ services }) => services.scheduler.recentDeploymentsLoopSeconds,
  isEnabled: ({ services }) => services.scheduler.enabled,
  runOnce: (ctx) => {
    const { recentDeploymentsLoopSeconds } = ctx.settings.services.scheduler;
    // The pause between ticks varies a little: a second more, so that none falls between two of them.
    const since = addSeconds(nowMicros(), -(recentDeploymentsLoopSeconds * 1.1 + 1));
    return planInBatches(ctx, (after, limit) => listRecentDeployments(after, since, limit));
  },
};
