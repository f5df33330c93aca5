import type { DeploymentRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { type Script, one } from '#server/db/script.ts';
import { lockDeployment } from '#server/db/sql/deployment-rows.ts';
import { recordChange } from '#server/events/record.ts';
import { nowMicros } from '#server/time.ts';

import { removeRuns } from './planned-runs.ts';
import { deploymentNotFound } from './update-deployment.ts';

interface Pausing {
  readonly id: string;
  readonly paused: boolean;
}

function* setPaused(ctx: Context, { id, paused }: Pausing): Script<DeploymentRow> {
  const before = yield* one(lockDeployment(id));
  if (before === null) throw deploymentNotFound(id, 'Deployment not found');
  const after = yield* one(
    ctx.db.builder
      .updateTable('deployment')
      .set({ paused, updated: nowMicros() })
      .where('id', '=', id)
      .returningAll(),
  );
  if (paused) yield* removeRuns(id, 'planned');
  const deployment = after ?? before;
  // Prefect's server tells of it by no event.
  yield* recordChange({ topic: 'deployment', kind: 'updated', entityId: id });
  return deployment;
}

/** Stops a deployment's schedules and removes the runs that they planned. NOT_FOUND for an unknown one. */
export const pauseDeployment = (ctx: Context, id: string): Promise<DeploymentRow> =>
  ctx.db.write(() => setPaused(ctx, { id, paused: true }));

/** Lets a deployment's schedules go on. NOT_FOUND for an unknown one. */
export const resumeDeployment = (ctx: Context, id: string): Promise<DeploymentRow> =>
  ctx.db.write(() => setPaused(ctx, { id, paused: false }));
