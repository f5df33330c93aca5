import type { DeploymentRow } from '#prisma/tables.ts';
import {
  type SchedulePatch,
  patchSchedules,
} from '#server/commands/deployment-schedule/patch-schedules.ts';
import { workPoolNotFound } from '#server/commands/work-queue/not-found.ts';
import {
  DEFAULT_AGENT_POOL,
  keepChosenPool,
  resolveWorkQueue,
} from '#server/commands/work-queue/resolve-work-queue.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, rows } from '#server/db/script.ts';
import { lockDeployment } from '#server/db/sql/deployment-rows.ts';
import { readWorkPoolRowByName } from '#server/db/sql/read-entity.ts';
import { listSchedulesOfDeployment } from '#server/db/sql/schedule-rows.ts';
import { ServerError, isServerError } from '#server/errors.ts';
import { type JsonObject, json } from '#server/json.ts';
import { checkDeploymentJobVariables } from '#server/parameters/job-variables.ts';
import { pythonText } from '#server/parameters/python-text.ts';
import { nowMicros } from '#server/time.ts';

import { requireLimit } from './concurrency-limit.ts';
import { withDeploymentLimit } from './create-deployment.ts';
import { recordDeploymentUpdated } from './deployment-events.ts';
import { type DeploymentFields, columnsOf } from './deployment-fields.ts';
import { keepSurroundings } from './keep-surroundings.ts';
import { checkParameters, hydrateParameters } from './parameters.ts';
import { removeRuns } from './planned-runs.ts';

/** What is absent stays as it is. */
export interface DeploymentChanges extends DeploymentFields {
  readonly schedules?: readonly SchedulePatch[] | undefined;
  /** Added to its labels, or put in the place of those of their names. */
  readonly labels?: JsonObject | undefined;
}

export const deploymentNotFound = (id: string, message = 'Deployment not found.'): ServerError =>
  new ServerError('NOT_FOUND', message, { details: { kind: 'Deployment', key: id } });

/** Prefect's server shows the first fault alone here, as Python prints it. */
const faultText = ({ message, details }: ServerError, failure: string): string => {
  const first: unknown = Array.isArray(details['issues']) ? details['issues'][0] : null;
  const isIssue = typeof first === 'object' && first !== null && 'message' in first;
  return isIssue ? `${failure}: <ValidationError: ${pythonText(first.message)}>` : message;
};

function* checkPool(ctx: Context, { workPoolName, jobVariables }: DeploymentChanges): Script<void> {
  if (!workPoolName || workPoolName === DEFAULT_AGENT_POOL) return;
  const pool = yield* one(readWorkPoolRowByName(workPoolName));
  if (pool === null) throw workPoolNotFound(workPoolName);
  const failure = 'Error creating deployment';
  try {
    yield* checkDeploymentJobVariables(ctx, {
      template: pool.baseJobTemplate,
      jobVariables,
      failure,
    });
  } catch (error) {
    if (!isServerError(error, 'INVALID')) throw error;
    const { details } = error;
    throw new ServerError('CONFLICT', faultText(error, failure), { cause: error, details });
  }
}

function* withParameters(
  before: DeploymentRow,
  changes: DeploymentChanges,
): Script<DeploymentChanges> {
  const given = changes.parameters;
  const parameters =
    given === undefined
      ? before.parameters
      : yield* hydrateParameters(given, 'Error hydrating deployment parameters: ');
  if (changes.enforceParameterSchema ?? before.enforceParameterSchema) {
    checkParameters({
      parameters,
      schema: changes.parameterOpenapiSchema ?? before.parameterOpenapiSchema,
      ignoreRequired: true,
      failure: 'Error updating deployment',
    });
  }
  return given === undefined ? changes : { ...changes, parameters };
}

interface QueueColumns {
  readonly workQueueId?: string | null;
  readonly workQueueName?: string | null;
}

function* queueColumns(
  ctx: Context,
  { workPoolName, workQueueName }: DeploymentChanges,
): Script<QueueColumns> {
  // A queue that was named stays named, wherever the runs go from now on.
  const named = workQueueName === undefined ? {} : { workQueueName };
  // Runs of a deployment that is taken out of its pool go to whoever serves it.
  if (workPoolName === null) return { workQueueId: null, ...named };
  const queue = yield* resolveWorkQueue(ctx, { workPoolName, workQueueName });
  // Without a pool no name at all leaves the deployment in the queue that it has.
  return queue === null ? named : { workQueueId: queue.id, ...named };
}

const labelColumn = (before: DeploymentRow, labels: JsonObject | undefined) =>
  labels === undefined ? {} : { labels: json({ ...before.labels, ...labels }) };

function* applyChanges(
  ctx: Context,
  { before, changes }: { readonly before: DeploymentRow; readonly changes: DeploymentChanges },
): Script<DeploymentRow> {
  const checked = yield* withParameters(before, changes);
  const columns = {
    ...columnsOf(checked),
    ...(yield* queueColumns(ctx, checked)),
  };
  const deployment = yield* one(
    ctx.db.builder
      .updateTable('deployment')
      .set({ updated: nowMicros(), ...columns, ...labelColumn(before, changes.labels) })
      .where('id', '=', before.id)
      .returningAll(),
  );
  if (deployment === null) throw deploymentNotFound(before.id);
  const limit = changes.concurrencyLimit;
  return limit === undefined ? deployment : yield* withDeploymentLimit(ctx, { deployment, limit });
}

/**
 * Changes a deployment and removes the runs planned for it. NOT_FOUND for an unknown deployment, pool or limit,
 * BAD_REQUEST for parameters that cannot be filled in, CONFLICT for those that do not fit, INVALID for schedules
 * that would be lost.
 */
export const updateDeployment = (
  ctx: Context,
  { id, changes }: { readonly id: string; readonly changes: DeploymentChanges },
): Promise<DeploymentRow> =>
  ctx.db.write(function* () {
    yield* keepChosenPool(changes);
    yield* keepSurroundings(id);
    const before = yield* one(lockDeployment(id));
    if (before === null) throw deploymentNotFound(id);
    const schedules = yield* rows(listSchedulesOfDeployment(id));
    yield* checkPool(ctx, changes);
    yield* requireLimit(changes.globalConcurrencyLimitId);
    const deployment = yield* applyChanges(ctx, { before, changes });
    if (changes.schedules !== undefined) yield* patchSchedules(id, schedules, changes.schedules);
    yield* removeRuns(id, 'future');
    yield* recordDeploymentUpdated(before, deployment);
    return deployment;
  });
