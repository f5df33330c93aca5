import type { DeploymentScheduleRow } from '#prisma/tables.ts';
import { removeRuns } from '#server/commands/deployment/planned-runs.ts';
import { deploymentNotFound } from '#server/commands/deployment/update-deployment.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, run } from '#server/db/script.ts';
import { lockDeployment } from '#server/db/sql/deployment-rows.ts';
import { deleteScheduleRow, readScheduleRow } from '#server/db/sql/schedule-rows.ts';
import { ServerError } from '#server/errors.ts';
import { recordChange } from '#server/events/record.ts';
import { nowMicros } from '#server/time.ts';

import {
  type NewSchedule,
  type ScheduleChanges,
  changeSchedule,
  insertSchedules,
} from './schedule-script.ts';

export interface ScheduleKey {
  readonly deploymentId: string;
  readonly id: string;
}

const scheduleNotFound = (id: string): ServerError =>
  new ServerError('NOT_FOUND', 'Schedule not found.', {
    details: { kind: 'DeploymentSchedule', key: id },
  });

function* requireDeployment(id: string): Script<void> {
  if ((yield* one(lockDeployment(id))) === null) throw deploymentNotFound(id);
}

// A deployment whose schedules changed is planned anew at once, because it counts as changed itself.
function* touchDeployment(ctx: Context, id: string): Script<void> {
  yield* run(
    ctx.db.builder.updateTable('deployment').set({ updated: nowMicros() }).where('id', '=', id),
  );
  yield* recordChange({ topic: 'deployment', kind: 'updated', entityId: id });
}

/** Adds schedules to a deployment. NOT_FOUND for an unknown one, CONFLICT when a slug is taken. */
export const createDeploymentSchedules = (
  ctx: Context,
  {
    deploymentId,
    schedules,
  }: { readonly deploymentId: string; readonly schedules: readonly NewSchedule[] },
): Promise<readonly DeploymentScheduleRow[]> =>
  ctx.db.write(function* () {
    yield* requireDeployment(deploymentId);
    const created = yield* insertSchedules(deploymentId, schedules);
    if (created.length > 0) yield* touchDeployment(ctx, deploymentId);
    return created;
  });

/** Changes a schedule and removes the runs planned ahead. NOT_FOUND for an unknown deployment or schedule. */
export const updateDeploymentSchedule = (
  ctx: Context,
  { deploymentId, id, changes }: ScheduleKey & { readonly changes: ScheduleChanges },
): Promise<DeploymentScheduleRow> =>
  ctx.db.write(function* () {
    yield* requireDeployment(deploymentId);
    const before = yield* one(readScheduleRow(deploymentId, id));
    if (before === null) throw scheduleNotFound(id);
    const schedule = yield* changeSchedule(before, changes);
    yield* removeRuns(deploymentId, 'future');
    yield* touchDeployment(ctx, deploymentId);
    return schedule;
  });

/** Removes a schedule and the runs that were planned. NOT_FOUND for an unknown deployment or schedule. */
export const deleteDeploymentSchedule = (
  ctx: Context,
  { deploymentId, id }: ScheduleKey,
): Promise<{ readonly id: string }> =>
  ctx.db.write(function* () {
    yield* requireDeployment(deploymentId);
    const deleted = yield* one(deleteScheduleRow(deploymentId, id));
    if (deleted === null) throw scheduleNotFound(id);
    yield* removeRuns(deploymentId, 'planned');
    yield* touchDeployment(ctx, deploymentId);
    return { id };
  });
