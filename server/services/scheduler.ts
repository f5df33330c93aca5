import { scheduleDeployments } from '#server/commands/deployment/schedule-deployments.ts';
import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import { listDeploymentsToPlan } from '#server/db/sql/schedule-runs.ts';
import type { Query } from '#server/db/statement.ts';
import { addSeconds, nowMicros } from '#server/time.ts';

import type { Service, ServiceReport } from './service.ts';

type ListAfter = (after: string, limit: number) => Query<{ readonly id: string }>;

/** Plans the runs of listed deployments, a batch of them at a time. */
export const planInBatches = async (ctx: Context, list: ListAfter): Promise<ServiceReport> => {
  const size = ctx.settings.services.scheduler.deploymentBatchSize;
  let after = '';
  let deployments = 0;
  let runs = 0;
  for (;;) {
    const query = list(after, size);
    // oxlint-disable-next-line no-await-in-loop -- each batch begins where the last one ended
    const found = await ctx.db.read(() => rows(query));
    const deploymentIds = found.map(({ id }) => id);
    // oxlint-disable-next-line no-await-in-loop -- as above
    runs += await scheduleDeployments(ctx, { deploymentIds });
    deployments += deploymentIds.length;
    after = deploymentIds.at(-1) ?? '';
    if (deploymentIds.length < size) return { deployments, runs };
  }
};

/** Keeps enough runs of every schedule planned ahead. */
export const scheduler: Service = {
  name: 'scheduler',
  scope: 'leader',
  everySeconds: ({ services }) => services.scheduler.loopSeconds,
  isEnabled: ({ services }) => services.scheduler.enabled,
  runOnce: (ctx) => {
    const { minRuns, minScheduledTimeSeconds } = ctx.settings.services.scheduler;
    const now = nowMicros();
    const minTime = addSeconds(now, minScheduledTimeSeconds);
    return planInBatches(ctx, (after, limit) =>
      listDeploymentsToPlan(after, now, minRuns, minRuns, minTime, limit),
    );
  },
};
