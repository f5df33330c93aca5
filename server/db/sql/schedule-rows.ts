import type { DeploymentScheduleRow } from '#prisma/tables.ts';
import { statement } from '#server/db/statement.ts';
import type { JsonText } from '#server/json.ts';

export const listSchedulesOfDeployment = statement<[deploymentId: string], DeploymentScheduleRow>(
  'SELECT * FROM deployment_schedule WHERE deployment_id = ? ORDER BY updated DESC, id DESC',
);

export const readScheduleRow = statement<[deploymentId: string, id: string], DeploymentScheduleRow>(
  'SELECT * FROM deployment_schedule WHERE deployment_id = ? AND id = ?',
);

export const insertScheduleRow = statement<
  [
    id: string,
    created: number,
    updated: number,
    deploymentId: string,
    schedule: JsonText,
    active: boolean,
    maxScheduledRuns: number | null,
    parameters: JsonText,
    slug: string | null,
  ],
  DeploymentScheduleRow
>(
  `INSERT INTO deployment_schedule
     (id, created, updated, deployment_id, schedule, active, max_scheduled_runs, parameters, slug)
   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
);

export const updateScheduleRow = statement<
  [
    updated: number,
    schedule: JsonText,
    active: boolean,
    maxScheduledRuns: number | null,
    parameters: JsonText,
    slug: string | null,
    id: string,
  ],
  DeploymentScheduleRow
>(
  `UPDATE deployment_schedule SET updated = ?, schedule = ?, active = ?, max_scheduled_runs = ?,
     parameters = ?, slug = ? WHERE id = ? RETURNING *`,
);

export const clearScheduleSlug = statement<[id: string]>(
  'UPDATE deployment_schedule SET slug = NULL WHERE id = ?',
);

export const deleteScheduleRow = statement<
  [deploymentId: string, id: string],
  { readonly id: string }
>('DELETE FROM deployment_schedule WHERE deployment_id = ? AND id = ? RETURNING id');

export const deleteSchedulesOfDeployment = statement<[deploymentId: string]>(
  'DELETE FROM deployment_schedule WHERE deployment_id = ?',
);
