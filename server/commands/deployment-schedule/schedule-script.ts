import type { DeploymentScheduleRow } from '#prisma/tables.ts';
import { type Script, one } from '#server/db/script.ts';
import { insertScheduleRow, updateScheduleRow } from '#server/db/sql/schedule-rows.ts';
import { newId } from '#server/ids.ts';
import { type JsonObject, json } from '#server/json.ts';
import type { Schedule } from '#server/schedules/schedule.ts';
import { scheduleToWire, storedSchedule } from '#server/schedules/wire.ts';
import { nowMicros } from '#server/time.ts';

export interface NewSchedule {
  readonly schedule: Schedule;
  readonly active?: boolean | null | undefined;
  readonly maxScheduledRuns?: number | null | undefined;
  /** Laid over the deployment's. */
  readonly parameters?: JsonObject | undefined;
  /** Names the schedule within its deployment. */
  readonly slug?: string | null | undefined;
}

/** What is absent or null stays as it is. */
export interface ScheduleChanges {
  readonly schedule?: Schedule | null | undefined;
  readonly active?: boolean | null | undefined;
  readonly maxScheduledRuns?: number | null | undefined;
  readonly parameters?: JsonObject | null | undefined;
  readonly slug?: string | null | undefined;
}

/** Inserts schedules of a deployment, in the running transaction. CONFLICT when two have one slug. */
export function* insertSchedules(
  deploymentId: string,
  schedules: readonly NewSchedule[],
): Script<readonly DeploymentScheduleRow[]> {
  const inserted: DeploymentScheduleRow[] = [];
  for (const { schedule, active, maxScheduledRuns, parameters, slug } of schedules) {
    const now = nowMicros();
    const row = yield* one(
      insertScheduleRow(
        newId(),
        now,
        now,
        deploymentId,
        json(scheduleToWire(storedSchedule(schedule))),
        active ?? true,
        maxScheduledRuns ?? null,
        json(parameters ?? {}),
        slug ?? null,
      ),
    );
    if (row !== null) inserted.push(row);
  }
  return inserted;
}

/** Changes a schedule, in the running transaction. */
export function* changeSchedule(
  row: DeploymentScheduleRow,
  changes: ScheduleChanges,
): Script<DeploymentScheduleRow> {
  const { schedule, active, maxScheduledRuns, parameters, slug } = changes;
  const wire = schedule ? scheduleToWire(storedSchedule(schedule)) : row.schedule;
  const changed = yield* one(
    updateScheduleRow(
      nowMicros(),
      json(wire),
      active ?? row.active,
      maxScheduledRuns ?? row.maxScheduledRuns,
      json(parameters ?? row.parameters),
      slug ?? row.slug,
      row.id,
    ),
  );
  return changed ?? row;
}
