import type { DeploymentScheduleRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { type Script, announce, rows, run as keep } from '#server/db/script.ts';
import { readExistingFlowRuns } from '#server/db/sql/batch-task-runs.ts';
import { shareFlows } from '#server/db/sql/flow-statements.ts';
import {
  type DeploymentToPlan,
  insertPlannedRuns,
  insertPlannedStates,
  lockDeploymentsToPlan,
  readActiveSchedules,
  readDeploymentsToPlan,
} from '#server/db/sql/schedule-runs.ts';
import { shareWorkQueues } from '#server/db/sql/work-queue-rows.ts';
import { isServerError } from '#server/errors.ts';
import { recordChanges } from '#server/events/record.ts';
import { json } from '#server/json.ts';
import { QUEUED_FLOW_RUN } from '#server/orchestration/announce-queued-run.ts';
import { type Micros, addSeconds, nowMicros } from '#server/time.ts';

import {
  type PlanWindow,
  type PlannedDate,
  type PlannedRun,
  planDates,
  planRuns,
} from './plan-runs.ts';

/** Runs of a commit on SQLite, for which everybody waits: with their 25 index entries each these take some 7 ms. */
const SQLITE_BATCH = 100;

/**
 * Schedules whose runs are written by date: a batch of one schedule touches a page of each index by date for each of
 * its runs, and one of a single date a page of each index by deployment. In between it touches a fourth of them.
 */
const SCHEDULES_TOGETHER = 16;

/** Groups of schedules that are written at once where there are many writers. */
const POSTGRESQL_LANES = 2;

/** Which runs are planned; what is left out comes from the settings of the scheduler. */
export interface ScheduleDeployments {
  readonly deploymentIds: readonly string[];
  readonly start?: Micros | undefined;
  readonly end?: Micros | undefined;
  readonly minTimeSeconds?: number | undefined;
  readonly minRuns?: number | undefined;
  readonly maxRuns?: number | undefined;
}

const windowOf = ({ settings }: Context, input: ScheduleDeployments): PlanWindow => {
  const { scheduler } = settings.services;
  const start = input.start ?? nowMicros();
  return {
    start,
    end: input.end ?? addSeconds(start, scheduler.maxScheduledTimeSeconds),
    minTimeSeconds: input.minTimeSeconds ?? scheduler.minScheduledTimeSeconds,
    minRuns: input.minRuns ?? scheduler.minRuns,
    maxRuns: input.maxRuns ?? scheduler.maxRuns,
  };
};

interface ToPlan {
  readonly deployment: DeploymentToPlan;
  readonly row: DeploymentScheduleRow;
}

const readSchedules = async (
  ctx: Context,
  deploymentIds: readonly string[],
): Promise<readonly ToPlan[]> => {
  const ids = json(deploymentIds);
  const { deployments, schedules } = await ctx.db.read(function* () {
    return {
      deployments: yield* rows(readDeploymentsToPlan(ids)),
      schedules: yield* rows(readActiveSchedules(ids)),
    };
  });
  const byId = new Map(deployments.map((deployment) => [deployment.id, deployment]));
  return schedules.flatMap((row) => {
    const deployment = byId.get(row.deploymentId);
    return deployment === undefined ? [] : [{ deployment, row }];
  });
};

const plan = (ctx: Context, schedule: ToPlan, window: PlanWindow): readonly PlannedDate[] => {
  try {
    return planDates(schedule, window);
  } catch (error) {
    // One schedule that gives no dates must not keep the others from theirs. That it has none is told by its pages;
    // here it would be told at each look.
    const { id } = schedule.row;
    if (isServerError(error, 'INVALID')) ctx.log.debug(`Schedule ${id}: ${error.message}`);
    else ctx.log.error({ err: error, schedule: id }, 'The dates of a schedule could not be found.');
    return [];
  }
};

function* insertBatch(ctx: Context, batch: readonly PlannedRun[]): Script<number> {
  const { dialect } = ctx.db;
  const deploymentIds = [...new Set(batch.map(({ deploymentId }) => deploymentId))];
  // What the runs are to point to is kept before the deployments, as whoever removes it does.
  const queueIds = new Set(batch.map(({ run }) => run.work_queue_id));
  yield* keep(shareWorkQueues(json([...queueIds].filter((id) => id !== null))));
  yield* keep(shareFlows(json([...new Set(batch.map(({ run }) => run.flow_id))])));
  const locked = yield* rows(lockDeploymentsToPlan(json(deploymentIds)));
  const updated = new Map(locked.map((row) => [row.id, row.updated]));
  // The dates were reckoned outside of the transaction: what changed since then is planned the next time.
  const current = batch.filter(
    (planned) => updated.get(planned.deploymentId) === planned.deploymentUpdated,
  );
  if (current.length === 0) return 0;
  yield* insertPlannedRuns(
    dialect,
    current.map(({ run }) => run),
  );
  const wanted = json(current.map(({ run }) => run.id));
  const existing = new Set((yield* rows(readExistingFlowRuns(wanted))).map(({ id }) => id));
  const inserted = current.filter(({ run }) => existing.has(run.id));
  yield* insertPlannedStates(
    dialect,
    inserted.map(({ state }) => state),
  );
  yield* recordChanges(
    dialect,
    inserted.map(({ run: { id } }) => ({
      topic: 'flow-run',
      kind: 'created',
      entityId: id,
      flowRunId: id,
    })),
  );
  const waited = inserted.flatMap(({ run }) => [run.work_queue_id, run.deployment_id]);
  for (const id of new Set(waited)) {
    if (id !== null) yield* announce(QUEUED_FLOW_RUN, id);
  }
  return inserted.length;
}

// One writer holds up all the others on SQLite, so what it does at once is kept short.
const batchSizeOf = ({ db, settings }: Context): number => {
  const { insertBatchSize } = settings.services.scheduler;
  return db.dialect.hasConcurrentWriters
    ? insertBatchSize
    : Math.min(insertBatchSize, SQLITE_BATCH);
};

const bySoonest = ({ date: one }: PlannedDate, { date: other }: PlannedDate): number =>
  one.instant - other.instant;

const inGroups = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );

/**
 * Plans the runs of deployments' active schedules ahead and gives how many are new. A date that was planned before
 * is left alone, so calling it twice, or from two servers at once, does no harm. No events are recorded.
 */
export const scheduleDeployments = async (
  ctx: Context,
  input: ScheduleDeployments,
): Promise<number> => {
  if (input.deploymentIds.length === 0) return 0;
  const size = batchSizeOf(ctx);
  const window = windowOf(ctx, input);
  const groups = inGroups(await readSchedules(ctx, input.deploymentIds), SCHEDULES_TOGETHER);
  const insertGroup = async (group: readonly ToPlan[]): Promise<number> => {
    const planned = group.flatMap((schedule) => plan(ctx, schedule, window));
    let total = 0;
    for (const batch of inGroups(planned.toSorted(bySoonest), size)) {
      const runs = planRuns(batch);
      // oxlint-disable-next-line no-await-in-loop -- others get their turn between the batches
      total += await ctx.db.write(() => insertBatch(ctx, runs));
    }
    return total;
  };
  const lanes = ctx.db.dialect.hasConcurrentWriters ? POSTGRESQL_LANES : 1;
  let total = 0;
  for (const together of inGroups(groups, lanes)) {
    // oxlint-disable-next-line no-await-in-loop -- not all dates are reckoned at once
    for (const count of await Promise.all(together.map(insertGroup))) total += count;
  }
  return total;
};
