import type { DeploymentScheduleRow } from '#prisma/tables.ts';
import type { Builder } from '#server/db/database.ts';
import { type Script, rows } from '#server/db/script.ts';
import { type HeldLimitRow, readLimits } from '#server/db/sql/concurrency-slots.ts';
import type { DeploymentViewRow } from '#server/db/sql/read-deployment-view.ts';
import { json } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

/** A deployment with all that an answer about it shows; its schedules stand newest change first. */
export type DeploymentView = DeploymentViewRow & {
  readonly schedules: readonly DeploymentScheduleRow[];
  readonly globalConcurrencyLimit: HeldLimitRow | null;
};

const isPresent = <T>(value: T | null): value is T => value !== null;

/** Reads what belongs to the deployments, in two statements whatever their number. */
export function* deploymentViews(
  builder: Builder,
  deployments: readonly DeploymentViewRow[],
): Script<readonly DeploymentView[]> {
  if (deployments.length === 0) return [];
  const schedules = yield* rows(
    builder
      .selectFrom('deploymentSchedule')
      .selectAll()
      .where(
        'deploymentId',
        'in',
        deployments.map((deployment) => deployment.id),
      )
      .orderBy('updated', 'desc')
      .orderBy('id', 'desc'),
  );
  const limitIds = deployments.map((deployment) => deployment.concurrencyLimitId).filter(isPresent);
  const limits = limitIds.length === 0 ? [] : yield* rows(readLimits(nowMicros(), json(limitIds)));
  const schedulesOf = Map.groupBy(schedules, (schedule) => schedule.deploymentId);
  const limitOf = new Map(limits.map((limit) => [limit.id, limit]));
  return deployments.map((deployment) => ({
    ...deployment,
    schedules: schedulesOf.get(deployment.id) ?? [],
    globalConcurrencyLimit: limitOf.get(deployment.concurrencyLimitId ?? '') ?? null,
  }));
}
