import type { DeploymentRow } from '#prisma/tables.ts';
import { replaceSchedules } from '#server/commands/deployment-schedule/patch-schedules.ts';
import type { NewSchedule } from '#server/commands/deployment-schedule/schedule-script.ts';
import { workPoolNotFound } from '#server/commands/work-queue/not-found.ts';
import {
  DEFAULT_AGENT_POOL,
  keepChosenPool,
  resolveWorkQueue,
} from '#server/commands/work-queue/resolve-work-queue.ts';
import type { Context } from '#server/context.ts';
import { type Script, one } from '#server/db/script.ts';
import { readBlockDocumentRow } from '#server/db/sql/block-document-statements.ts';
import {
  findDeploymentByName,
  lockDeploymentByName,
  readFlowOfDeployment,
} from '#server/db/sql/deployment-rows.ts';
import { readWorkPoolRowByName } from '#server/db/sql/read-entity.ts';
import { ServerError } from '#server/errors.ts';
import { newId } from '#server/ids.ts';
import { type JsonObject, json, optionalJson } from '#server/json.ts';
import { declaredParametersFault } from '#server/parameters/declared-parameters.ts';
import { checkDeploymentJobVariables } from '#server/parameters/job-variables.ts';
import { nowMicros } from '#server/time.ts';

import { requireLimit, setDeploymentLimit } from './concurrency-limit.ts';
import { recordDeploymentCreated, recordDeploymentUpdated } from './deployment-events.ts';
import { type DeploymentFields, columnsOf } from './deployment-fields.ts';
import { keepSurroundings } from './keep-surroundings.ts';
import { removeRuns } from './planned-runs.ts';

export interface CreateDeployment extends DeploymentFields {
  readonly flowId: string;
  readonly name: string;
  readonly labels?: JsonObject | null | undefined;
  readonly schedules?: readonly NewSchedule[] | undefined;
  readonly createdBy?: JsonObject | null | undefined;
}

export interface CreatedDeployment {
  readonly deployment: DeploymentRow;
  /** False when there was one of that flow and name, which now has the named fields. */
  readonly isCreated: boolean;
}

/** The kind of refusal that tells that a block is not there. */
const MISSING_BLOCK = 'Block document';

function* requireBlocks(input: CreateDeployment): Script<void> {
  const blocks: readonly (readonly [string, string | null | undefined])[] = [
    ['infrastructure', input.infrastructureDocumentId],
    ['storage', input.storageDocumentId],
  ];
  for (const [kind, id] of blocks) {
    if (id === null || id === undefined || (yield* one(readBlockDocumentRow(id))) !== null)
      continue;
    throw new ServerError(
      'CONFLICT',
      `Error creating deployment. Could not find ${kind} block with id: ${id}. This usually occurs when applying a deployment specification that was built against a different Prefect database / workspace.`,
      { details: { kind: MISSING_BLOCK, key: id } },
    );
  }
}

function* checkPool(ctx: Context, input: CreateDeployment): Script<void> {
  const { workPoolName, jobVariables } = input;
  if (!workPoolName || workPoolName === DEFAULT_AGENT_POOL) return;
  const pool = yield* one(readWorkPoolRowByName(workPoolName));
  if (pool === null) throw workPoolNotFound(workPoolName);
  yield* checkDeploymentJobVariables(ctx, {
    template: pool.baseJobTemplate,
    jobVariables,
    failure: 'Error creating deployment',
  });
}

function* queueColumns(
  ctx: Context,
  input: CreateDeployment,
): Script<{ readonly workQueueId?: string; readonly workQueueName?: string | null }> {
  const queue = yield* resolveWorkQueue(ctx, input);
  return {
    ...(queue === null ? {} : { workQueueId: queue.id }),
    // The name is kept as it was given, which a pool's default queue is often chosen without.
    ...(input.workQueueName === undefined ? {} : { workQueueName: input.workQueueName }),
  };
}

function* labelColumns(
  input: CreateDeployment,
): Script<{ readonly labels: ReturnType<typeof json> }> {
  const flow = yield* one(readFlowOfDeployment(input.flowId));
  return {
    labels: json({ ...flow?.labels, 'prefect.flow.id': input.flowId, ...input.labels }),
  };
}

const DEFAULTS = () => ({
  paused: false,
  status: 'NOT_READY',
  jobVariables: json({}),
  parameters: json({}),
  parameterOpenapiSchema: json({}),
  pullSteps: json([]),
  enforceParameterSchema: true,
  tags: json([]),
});

interface Stored {
  readonly before: DeploymentRow | null;
  readonly after: DeploymentRow;
}

function* upsert(ctx: Context, input: CreateDeployment): Script<Stored> {
  const { flowId, name, createdBy } = input;
  yield* keepChosenPool(input);
  const known = yield* one(findDeploymentByName(flowId, name));
  if (known !== null) yield* keepSurroundings(known.id);
  const columns = {
    parameters: json(input.parameters ?? {}),
    ...(yield* labelColumns(input)),
    ...(yield* queueColumns(ctx, input)),
    ...columnsOf(input),
  };
  const now = nowMicros();
  const inserted = yield* one(
    ctx.db.builder
      .insertInto('deployment')
      .values({
        id: newId(),
        created: now,
        updated: now,
        flowId,
        name,
        createdBy: optionalJson(createdBy),
        ...DEFAULTS(),
        ...columns,
      })
      .onConflict((conflict) => conflict.columns(['flowId', 'name']).doNothing())
      .returningAll(),
  );
  if (inserted !== null) return { before: null, after: inserted };
  const before = yield* one(lockDeploymentByName(flowId, name));
  const after = yield* one(
    ctx.db.builder
      .updateTable('deployment')
      .set({ updated: now, ...columns })
      .where('flowId', '=', flowId)
      .where('name', '=', name)
      .returningAll(),
  );
  // On PostgreSQL another script may have deleted it in between: the caller repeats its call.
  if (after === null) throw new ServerError('UNAVAILABLE', 'The deployment is being deleted.');
  return { before, after };
}

/** The deployment with a limit of its own, or without one. */
export function* withDeploymentLimit(
  ctx: Context,
  { deployment, limit }: { readonly deployment: DeploymentRow; readonly limit: number | null },
): Script<DeploymentRow> {
  const concurrencyLimitId = yield* setDeploymentLimit(ctx, { deployment, limit });
  if (concurrencyLimitId === deployment.concurrencyLimitId) return deployment;
  const updated = yield* one(
    ctx.db.builder
      .updateTable('deployment')
      .set({ concurrencyLimitId, updated: nowMicros() })
      .where('id', '=', deployment.id)
      .returningAll(),
  );
  return updated ?? deployment;
}

const requireFit = ({ enforceParameterSchema, ...input }: CreateDeployment): void => {
  if (enforceParameterSchema !== true) return;
  const { parameters = {}, parameterOpenapiSchema: schema = null } = input;
  const fault = declaredParametersFault({ parameters, schema });
  if (fault !== null) throw new ServerError('INVALID', fault);
};

function* deploymentToCreate(ctx: Context, input: CreateDeployment): Script<CreatedDeployment> {
  yield* checkPool(ctx, input);
  yield* requireLimit(input.globalConcurrencyLimitId);
  yield* requireBlocks(input);
  const { before, after: stored } = yield* upsert(ctx, input);
  if (before !== null) yield* removeRuns(stored.id, 'future');
  yield* replaceSchedules(stored.id, input.schedules ?? []);
  const limit = input.concurrencyLimit;
  const deployment =
    limit === undefined ? stored : yield* withDeploymentLimit(ctx, { deployment: stored, limit });
  if (before === null) yield* recordDeploymentCreated(deployment);
  else yield* recordDeploymentUpdated(before, deployment);
  return { deployment, isCreated: before === null };
}

/**
 * Makes a deployment, or brings the one of that flow and name up to date: named fields only, but its schedules and
 * parameters are replaced. NOT_FOUND for an unknown pool or limit, CONFLICT for an unknown flow or block, INVALID
 * for job variables that do not fit the pool, and for parameters that do not fit a schema named to be enforced.
 */
export const createDeployment = async (
  ctx: Context,
  input: CreateDeployment,
): Promise<CreatedDeployment> => {
  // Schemas may take long to read, and a transaction holds up others.
  requireFit(input);
  return ctx.db.write(() => deploymentToCreate(ctx, input));
};
