import type { DeploymentRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, run } from '#server/db/script.ts';
import { readLimitOfDeployment } from '#server/db/sql/deployment-rows.ts';
import { ServerError } from '#server/errors.ts';
import { newId } from '#server/ids.ts';
import { noteSlots } from '#server/orchestration/concurrency.ts';
import { rouseWaitingRuns } from '#server/orchestration/rouse-waiting-runs.ts';
import { nowMicros } from '#server/time.ts';

/** NOT_FOUND when there is no such limit. */
export function* requireLimit(id: string | null | undefined): Script<void> {
  if (id === null || id === undefined) return;
  if ((yield* one(readLimitOfDeployment(id))) !== null) return;
  throw new ServerError('NOT_FOUND', 'Concurrency limit not found', {
    details: { kind: 'ConcurrencyLimit', key: id },
  });
}

/** Removes the limit that a deployment points to, even one that others share, as Prefect does. */
export function* deleteLimit(ctx: Context, id: string | null): Script<void> {
  if (id !== null) yield* run(ctx.db.builder.deleteFrom('concurrencyLimitV2').where('id', '=', id));
}

function* insertLimit(
  ctx: Context,
  { deploymentId, limit }: { readonly deploymentId: string; readonly limit: number },
): Script<string> {
  const now = nowMicros();
  const id = newId();
  yield* run(
    ctx.db.builder.insertInto('concurrencyLimitV2').values({
      id,
      created: now,
      updated: now,
      active: true,
      name: `deployment:${deploymentId}`,
      limit,
      activeSlots: 0,
      deniedSlots: 0,
      slotDecayPerSecond: 0,
      avgSlotOccupancySeconds: 2,
    }),
  );
  return id;
}

/** Gives a deployment a limit of its own, resizes the one it has, or removes it with null; gives the limit's id. */
export function* setDeploymentLimit(
  ctx: Context,
  { deployment, limit }: { readonly deployment: DeploymentRow; readonly limit: number | null },
): Script<string | null> {
  const { id: deploymentId, concurrencyLimitId } = deployment;
  const stored =
    concurrencyLimitId === null ? null : yield* one(readLimitOfDeployment(concurrencyLimitId));
  if (limit === null) {
    yield* deleteLimit(ctx, stored?.id ?? null);
    return null;
  }
  if (stored === null) return yield* insertLimit(ctx, { deploymentId, limit });
  if (stored.limit !== limit) {
    yield* run(
      ctx.db.builder
        .updateTable('concurrencyLimitV2')
        .set({ limit, updated: nowMicros() })
        .where('id', '=', stored.id),
    );
    yield* noteSlots(stored.id);
    yield* rouseWaitingRuns(stored.id, Math.max(0, limit - stored.limit));
  }
  return stored.id;
}
