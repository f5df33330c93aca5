import type { Context } from '#server/context.ts';
import { rows, run } from '#server/db/script.ts';
import {
  findPolledDeployments,
  lockPolledDeployments,
  markDeploymentsPolled,
} from '#server/db/sql/deployment-ready.ts';
import { recordChange } from '#server/events/record.ts';
import { json } from '#server/json.ts';
import { addSeconds, nowMicros } from '#server/time.ts';

import { recordDeploymentEvent } from './deployment-events.ts';

/** Polls come every few seconds from every worker; one note in this time says as much as a note of each. */
export const POLL_NOTE_SECONDS = 5;

/** Notes that somebody asks for the runs of deployments, by their ids or by their queues, and makes them ready. */
export const markDeploymentsReady = async (
  ctx: Context,
  polled: { readonly deploymentIds?: readonly string[]; readonly workQueueIds?: readonly string[] },
): Promise<void> => {
  const ids = json(polled.deploymentIds ?? []);
  const queues = json(polled.workQueueIds ?? []);
  const since = addSeconds(nowMicros(), -POLL_NOTE_SECONDS);
  const stale = await ctx.db.read(() => rows(findPolledDeployments(ids, queues, since)));
  if (stale.length === 0) return;
  await ctx.db.write(function* () {
    const deployments = yield* rows(lockPolledDeployments(ids, queues, since));
    yield* run(markDeploymentsPolled(nowMicros(), json(deployments.map(({ id }) => id))));
    for (const deployment of deployments) {
      if (deployment.status === 'READY') continue;
      yield* recordDeploymentEvent(deployment, { action: 'ready' });
      yield* recordChange({ topic: 'deployment', kind: 'updated', entityId: deployment.id });
    }
  });
};
