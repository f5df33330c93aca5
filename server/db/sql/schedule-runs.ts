import type { DeploymentScheduleRow } from '#prisma/tables.ts';
import { batchInsert } from '#server/db/batch.ts';
import { type SqlValue, statement } from '#server/db/statement.ts';
import type { JsonObject } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

/** A deployment with what its planned runs take from it. */
export interface DeploymentToPlan {
  readonly id: string;
  readonly updated: Micros;
  readonly flowId: string;
  readonly version: string | null;
  readonly workQueueId: string | null;
  readonly workQueueName: string | null;
  readonly infrastructureDocumentId: string | null;
  readonly parameters: JsonObject;
  readonly tags: readonly string[];
  readonly labels: JsonObject | null;
}

const PLANNED = `id, updated, flow_id, version, work_queue_id, work_queue_name,
  infrastructure_document_id, parameters, tags, labels`;

/** The deployments of a JSON list of ids. */
export const readDeploymentsToPlan = statement<[ids: SqlValue], DeploymentToPlan>({
  sqlite: `SELECT ${PLANNED} FROM deployment WHERE id IN (SELECT value FROM json_each(?))`,
  postgresql: `SELECT ${PLANNED} FROM deployment
    WHERE id IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB)))`,
});

/** Keeps deployments as they are until the end of the transaction and tells when each was changed. */
export const lockDeploymentsToPlan = statement<
  [ids: SqlValue],
  { readonly id: string; readonly updated: Micros }
>({
  sqlite: 'SELECT id, updated FROM deployment WHERE id IN (SELECT value FROM json_each(?))',
  postgresql: `SELECT id, updated FROM deployment
    WHERE id IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB))) ORDER BY id FOR UPDATE`,
});

/** The active schedules of a JSON list of deployments. */
export const readActiveSchedules = statement<[ids: SqlValue], DeploymentScheduleRow>({
  sqlite: `SELECT * FROM deployment_schedule
    WHERE active AND deployment_id IN (SELECT value FROM json_each(?)) ORDER BY deployment_id, id`,
  postgresql: `SELECT * FROM deployment_schedule
    WHERE active AND deployment_id IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB)))
    ORDER BY deployment_id, id`,
});

const PLANNED_AHEAD = `FROM flow_run WHERE flow_run.deployment_id = deployment_schedule.deployment_id
  AND flow_run.state_type = 'SCHEDULED' AND flow_run.auto_scheduled
  AND flow_run.next_scheduled_start_time >= CAST(? AS BIGINT)
  AND flow_run.created_by ->> 'id' = deployment_schedule.id`;

/**
 * Deployments after an id of which some schedule has too few runs ahead, or none far enough ahead. No more runs are
 * looked at than it takes to know.
 */
export const listDeploymentsToPlan = statement<
  [after: string, now: number, enough: number, minRuns: number, minTime: number, limit: number],
  { readonly id: string }
>(
  `SELECT id FROM deployment WHERE id > ? AND NOT paused AND EXISTS (
     SELECT 1 FROM deployment_schedule WHERE deployment_schedule.deployment_id = deployment.id AND active
     AND ((SELECT count(*) FROM (SELECT 1 ${PLANNED_AHEAD} LIMIT ?) AS ahead) < CAST(? AS BIGINT)
       OR NOT EXISTS (SELECT 1 ${PLANNED_AHEAD})))
   ORDER BY id LIMIT ?`,
);

/** Deployments after an id that changed since an instant and have a schedule. */
export const listRecentDeployments = statement<
  [after: string, since: number, limit: number],
  { readonly id: string }
>(
  `SELECT id FROM deployment WHERE id > ? AND NOT paused AND updated >= CAST(? AS BIGINT) AND EXISTS (
     SELECT 1 FROM deployment_schedule WHERE deployment_schedule.deployment_id = deployment.id AND active)
   ORDER BY id LIMIT ?`,
);

/** Writes planned runs; one whose idempotency key is known is left out. */
export const insertPlannedRuns = batchInsert(
  'flow_run',
  {
    id: 'TEXT',
    created: 'BIGINT',
    updated: 'BIGINT',
    name: 'TEXT',
    flow_id: 'TEXT',
    deployment_id: 'TEXT',
    deployment_version: 'TEXT',
    work_queue_id: 'TEXT',
    work_queue_name: 'TEXT',
    parameters: 'JSONB',
    idempotency_key: 'TEXT',
    context: 'JSONB',
    empirical_policy: 'JSONB',
    tags: 'JSONB',
    labels: 'JSONB',
    created_by: 'JSONB',
    infrastructure_document_id: 'TEXT',
    job_variables: 'JSONB',
    auto_scheduled: 'BOOLEAN',
    state_id: 'TEXT',
    state_type: 'TEXT',
    state_name: 'TEXT',
    state_timestamp: 'BIGINT',
    run_count: 'INTEGER',
    expected_start_time: 'BIGINT',
    next_scheduled_start_time: 'BIGINT',
    total_run_time: 'BIGINT',
  },
  'ON CONFLICT DO NOTHING',
);

export const insertPlannedStates = batchInsert(
  'flow_run_state',
  {
    id: 'TEXT',
    created: 'BIGINT',
    updated: 'BIGINT',
    flow_run_id: 'TEXT',
    type: 'TEXT',
    timestamp: 'BIGINT',
    name: 'TEXT',
    message: 'TEXT',
    state_details: 'JSONB',
  },
  '',
);
