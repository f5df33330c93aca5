import type { CreateDeployment } from '#server/commands/deployment/create-deployment.ts';
import type {
  BulkResult,
  DeploymentRun,
} from '#server/commands/deployment/create-flow-run-from-deployment.ts';
import type { DeploymentFields } from '#server/commands/deployment/deployment-fields.ts';
import type { DeploymentChanges } from '#server/commands/deployment/update-deployment.ts';
import type { HeldLimitRow } from '#server/db/sql/concurrency-slots.ts';
import { type JsonObject, isJsonObject } from '#server/json.ts';
import { declaredParametersFault } from '#server/parameters/declared-parameters.ts';
import type { DeploymentView } from '#server/queries/deployment/deployment-view.ts';
import type { Settings } from '#server/settings.ts';
import { formatInstant, formatOptionalInstant } from '#server/time.ts';

import { columnInteger } from './column-integer.ts';
import { newSchedule, schedulePatch, scheduleRowToWire } from './deployment-schedule.ts';
import { optional } from './filters/criteria.ts';
import { flowRunPolicy } from './policy.ts';
import { integer } from './pydantic/number.ts';
import { type Schema, describedAs, refuseValue, schemaOf } from './pydantic/refusal.ts';
import { boolean, choice, isNothing, runName, text, uuid } from './pydantic/scalar.ts';
import { dictionary, labels, list, model, openModel, texts } from './pydantic/shapes.ts';
import { sizedParameters } from './sized-parameters.ts';
import { proposedState } from './state.ts';

/** Unlike the names of all else, this one may be empty. */
const deploymentName = text({ pattern: '^[^/%&><]*$' });

export const DEPLOYMENT_SORTS = ['CREATED_DESC', 'UPDATED_DESC', 'NAME_ASC', 'NAME_DESC'] as const;

export const deploymentSort = choice(DEPLOYMENT_SORTS).default('NAME_ASC');

const concurrencyOptions: Schema<JsonObject> = openModel({
  collision_strategy: choice(['ENQUEUE', 'CANCEL_NEW']),
  grace_period_seconds: optional(integer({ atLeast: 60, atMost: 86_400 })),
}).transform((options) => ({
  collision_strategy: options.collision_strategy,
  grace_period_seconds: options.grace_period_seconds ?? null,
}));

/** An empty schema stands for one that has no parameters. */
const parameterSchema = describedAs(
  dictionary.transform((schema): JsonObject =>
    Object.keys(schema).length === 0 ? { type: 'object', properties: {} } : schema,
  ),
  () => dictionary,
);

/** A feature of Prefect Cloud: accepted and not kept. */
const versionInfo = openModel({ type: text(), version: text() });

const commonShape = ({ api }: Settings) => ({
  version: optional(text()),
  description: optional(text()),
  paused: boolean.optional().meta({ default: false }),
  concurrency_limit: optional(columnInteger({ above: 0 })),
  concurrency_options: optional(concurrencyOptions),
  global_concurrency_limit_id: optional(uuid),
  parameters: sizedParameters(api.maxParameterSizeBytes),
  parameter_openapi_schema: optional(parameterSchema),
  tags: texts.optional(),
  work_queue_name: optional(text()),
  work_pool_name: optional(text()),
  path: optional(text()),
  entrypoint: optional(text()),
  pull_steps: optional(list(dictionary)),
  job_variables: optional(dictionary),
  storage_document_id: optional(uuid),
  infrastructure_document_id: optional(uuid),
  version_info: optional(versionInfo),
});

interface CommonBody {
  readonly version?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly paused?: boolean | undefined;
  readonly concurrency_limit?: number | null | undefined;
  readonly concurrency_options?: JsonObject | null | undefined;
  readonly global_concurrency_limit_id?: string | null | undefined;
  readonly parameters?: JsonObject | null | undefined;
  readonly parameter_openapi_schema?: JsonObject | null | undefined;
  readonly enforce_parameter_schema?: boolean | null | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly work_queue_name?: string | null | undefined;
  readonly work_pool_name?: string | null | undefined;
  readonly path?: string | null | undefined;
  readonly entrypoint?: string | null | undefined;
  readonly pull_steps?: readonly JsonObject[] | null | undefined;
  readonly job_variables?: JsonObject | null | undefined;
  readonly storage_document_id?: string | null | undefined;
  readonly infrastructure_document_id?: string | null | undefined;
}

const fieldsOf = (body: CommonBody): DeploymentFields => ({
  version: body.version,
  description: body.description,
  paused: body.paused,
  concurrencyLimit: body.concurrency_limit,
  concurrencyOptions: body.concurrency_options,
  globalConcurrencyLimitId: body.global_concurrency_limit_id,
  parameters: body.parameters ?? undefined,
  parameterOpenapiSchema: body.parameter_openapi_schema,
  enforceParameterSchema: body.enforce_parameter_schema ?? undefined,
  tags: body.tags,
  workQueueName: body.work_queue_name,
  workPoolName: body.work_pool_name,
  path: body.path,
  entrypoint: body.entrypoint,
  pullSteps: body.pull_steps,
  jobVariables: body.job_variables,
  storageDocumentId: body.storage_document_id,
  infrastructureDocumentId: body.infrastructure_document_id,
});

/** Fields of old clients, which are dropped without a word. */
const RETIRED = new Set([
  'worker_pool_queue_id',
  'worker_pool_name',
  'worker_pool_queue_name',
  'work_pool_queue_name',
]);

const BOTH_LIMITS =
  'A deployment cannot have both a concurrency limit and a global concurrency limit.';

type Look = (body: JsonObject) => string | null;

const bothLimits: Look = (body) =>
  isNothing(body['concurrency_limit']) || isNothing(body['global_concurrency_limit_id'])
    ? null
    : BOTH_LIMITS;

/** Only who names the rule has it looked at before anything else. */
const misfits: Look = (body) =>
  isNothing(body['enforce_parameter_schema'])
    ? null
    : declaredParametersFault({
        parameters: body['parameters'] ?? null,
        schema: body['parameter_openapi_schema'],
      });

/** Reads a body after what holds for it as a whole. */
const checkedBody = <Body>(schema: Schema<Body>, looks: readonly Look[]): Schema<Body> =>
  schemaOf((value) => {
    if (!isJsonObject(value)) return value;
    for (const look of looks) {
      const fault = look(value);
      if (fault !== null) return refuseValue(fault);
    }
    return Object.fromEntries(Object.entries(value).filter(([key]) => !RETIRED.has(key)));
  }).pipe(schema);

/** The body that makes a deployment. */
export const newDeployment = (settings: Settings): Schema<CreateDeployment> => {
  const shape = commonShape(settings);
  const schedules = list(newSchedule(settings.deployments.maxScheduledRuns));
  const body = model({
    name: deploymentName,
    flow_id: uuid,
    ...shape,
    parameters: shape.parameters.optional(),
    job_variables: dictionary.optional(),
    enforce_parameter_schema: boolean.optional().meta({ default: true }),
    labels: optional(labels),
    schedules: schedules.optional(),
  }).transform((fields) => ({
    ...fieldsOf(fields),
    name: fields.name,
    flowId: fields.flow_id,
    labels: fields.labels,
    schedules: fields.schedules,
  }));
  return checkedBody(body, [bothLimits, misfits]);
};

/** The body that changes a deployment. */
export const deploymentChanges = (settings: Settings): Schema<DeploymentChanges> => {
  const shape = commonShape(settings);
  const schedules = list(schedulePatch(settings.deployments.maxScheduledRuns));
  const body = model({
    ...shape,
    parameters: optional(shape.parameters),
    enforce_parameter_schema: optional(boolean),
    schedules: schedules.optional(),
  }).transform((fields) => ({ ...fieldsOf(fields), schedules: fields.schedules }));
  return checkedBody(body, [bothLimits]);
};

/** The body that makes a run of a deployment. */
export const deploymentRun = ({ api }: Settings): Schema<DeploymentRun> =>
  model({
    state: optional(proposedState),
    name: optional(runName),
    parameters: sizedParameters(api.maxParameterSizeBytes).optional(),
    enforce_parameter_schema: optional(boolean),
    context: dictionary.optional(),
    infrastructure_document_id: optional(uuid),
    empirical_policy: flowRunPolicy.optional(),
    tags: texts.optional(),
    idempotency_key: optional(text()),
    labels: optional(labels),
    parent_task_run_id: optional(uuid),
    work_queue_name: optional(text()),
    job_variables: optional(dictionary),
  }).transform((body) => ({
    state: body.state,
    name: body.name ?? null,
    parameters: body.parameters,
    enforceParameterSchema: body.enforce_parameter_schema,
    context: body.context ?? {},
    infrastructureDocumentId: body.infrastructure_document_id ?? null,
    empiricalPolicy: body.empirical_policy ?? {},
    tags: body.tags ?? [],
    idempotencyKey: body.idempotency_key ?? null,
    labels: body.labels ?? {},
    parentTaskRunId: body.parent_task_run_id ?? null,
    workQueueName: body.work_queue_name ?? null,
    // Null leaves it to whoever makes the run, as if it had not been asked for.
    ...(body.job_variables === null ? {} : { jobVariables: body.job_variables ?? {} }),
  }));

const limitToWire = (limit: HeldLimitRow) => ({
  id: limit.id,
  created: formatInstant(limit.created),
  updated: formatInstant(limit.updated),
  active: limit.active,
  name: limit.name,
  limit: limit.limit,
  active_slots: limit.activeSlots + limit.leasedSlots,
  slot_decay_per_second: limit.slotDecayPerSecond,
});

/** The fields in Prefect's order. */
export const deploymentToWire = (deployment: DeploymentView) => ({
  id: deployment.id,
  created: formatInstant(deployment.created),
  updated: formatInstant(deployment.updated),
  name: deployment.name,
  version: deployment.version,
  description: deployment.description,
  flow_id: deployment.flowId,
  paused: deployment.paused,
  schedules: deployment.schedules.map(scheduleRowToWire),
  concurrency_limit: null,
  global_concurrency_limit:
    deployment.globalConcurrencyLimit === null
      ? null
      : limitToWire(deployment.globalConcurrencyLimit),
  concurrency_options: deployment.concurrencyOptions,
  job_variables: deployment.jobVariables,
  parameters: deployment.parameters,
  tags: deployment.tags,
  labels: deployment.labels ?? {},
  work_queue_name: deployment.queueName ?? deployment.workQueueName,
  work_queue_id: deployment.workQueueId,
  last_polled: formatOptionalInstant(deployment.lastPolled),
  parameter_openapi_schema: deployment.parameterOpenapiSchema,
  path: deployment.path,
  pull_steps: deployment.pullSteps,
  entrypoint: deployment.entrypoint,
  storage_document_id: deployment.storageDocumentId,
  infrastructure_document_id: deployment.infrastructureDocumentId,
  created_by: deployment.createdBy,
  updated_by: deployment.updatedBy,
  work_pool_name: deployment.workPoolName,
  status: deployment.status,
  enforce_parameter_schema: deployment.enforceParameterSchema,
});

export const bulkResultToWire = (result: BulkResult) =>
  result.status === 'CREATED'
    ? { flow_run_id: result.flowRunId, status: 'CREATED', error: null }
    : { flow_run_id: null, status: 'FAILED', error: result.error };
