import { recordDeploymentEvent } from '#server/commands/deployment/deployment-events.ts';
import { setWorkPoolStatus } from '#server/commands/work-pool/update-work-pool.ts';
import { recordWorkQueueEvent } from '#server/commands/work-queue/work-queue-events.ts';
import { onlineSince } from '#server/commands/worker/worker-status.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, rows, run } from '#server/db/script.ts';
import { readWorkPoolRow } from '#server/db/sql/read-entity.ts';
import {
  lockPoolsWithoutWorkers,
  lockSilentDeployments,
  lockSilentQueues,
  markSilentWorkers,
  setDeploymentStatus,
  setWorkQueueStatus,
} from '#server/db/sql/work-pool-silent.ts';
import { recordChange } from '#server/events/record.ts';
import { addSeconds, nowMicros } from '#server/time.ts';

import type { Service } from './service.ts';

function* markWorkers(ctx: Context): Script<number> {
  const { multiple, fallbackSeconds } = onlineSince(ctx.settings);
  const now = nowMicros();
  const offline = yield* rows(markSilentWorkers(now, multiple, fallbackSeconds, now));
  for (const { id } of offline) {
    yield* recordChange({ topic: 'worker', kind: 'updated', entityId: id });
  }
  return offline.length;
}

function* markPools(ctx: Context): Script<number> {
  const pools = yield* rows(lockPoolsWithoutWorkers());
  for (const before of pools) yield* setWorkPoolStatus(ctx, { before, status: 'NOT_READY' });
  return pools.length;
}

function* markQueues(ctx: Context): Script<number> {
  const { workQueueLastPolledTimeoutSeconds } = ctx.settings.services.foreman;
  const now = nowMicros();
  const queues = yield* rows(lockSilentQueues(addSeconds(now, -workQueueLastPolledTimeoutSeconds)));
  for (const queue of queues) {
    yield* run(setWorkQueueStatus('NOT_READY', now, queue.id));
    const pool = yield* one(readWorkPoolRow(queue.workPoolId));
    if (pool !== null) yield* recordWorkQueueEvent({ queue, pool, action: 'not-ready' });
    yield* recordChange({ topic: 'work-queue', kind: 'updated', entityId: queue.id });
  }
  return queues.length;
}

function* markDeployments(ctx: Context): Script<number> {
  const { deploymentLastPolledTimeoutSeconds } = ctx.settings.services.foreman;
  const since = addSeconds(nowMicros(), -deploymentLastPolledTimeoutSeconds);
  const deployments = yield* rows(lockSilentDeployments(since, since));
  for (const deployment of deployments) {
    yield* run(setDeploymentStatus('NOT_READY', deployment.id));
    yield* recordDeploymentEvent(deployment, { action: 'not-ready' });
    yield* recordChange({ topic: 'deployment', kind: 'updated', entityId: deployment.id });
  }
  return deployments.length;
}

/** Notices workers that fell silent, and the pools, queues and deployments that nobody works for any more. */
export const foreman: Service = {
  name: 'foreman',
  scope: 'leader',
  everySeconds: ({ services }) => services.foreman.loopSeconds,
  isEnabled: ({ services }) => services.foreman.enabled,
  runOnce: async (ctx) => ({
    workers: await ctx.db.write(() => markWorkers(ctx)),
    pools: await ctx.db.write(() => markPools(ctx)),
    // Deployments look at the polls of their queues, not at the status, so the order is free.
    deployments: await ctx.db.write(() => markDeployments(ctx)),
    queues: await ctx.db.write(() => markQueues(ctx)),
  }),
};
