import type { JsonObject, JsonValue } from '#server/json.ts';
import { json, optionalJson } from '#server/json.ts';

/** Fields of a deployment that its callers set; what is undefined was not named. */
export interface DeploymentFields {
  readonly version?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly paused?: boolean | undefined;
  readonly concurrencyOptions?: JsonObject | null | undefined;
  readonly parameters?: JsonObject | undefined;
  readonly parameterOpenapiSchema?: JsonObject | null | undefined;
  readonly enforceParameterSchema?: boolean | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly path?: string | null | undefined;
  readonly entrypoint?: string | null | undefined;
  readonly pullSteps?: readonly JsonValue[] | null | undefined;
  readonly jobVariables?: JsonObject | null | undefined;
  readonly storageDocumentId?: string | null | undefined;
  readonly infrastructureDocumentId?: string | null | undefined;
  /** A limit that exists, to be shared. */
  readonly globalConcurrencyLimitId?: string | null | undefined;
  /** A limit of the deployment's own. */
  readonly concurrencyLimit?: number | null | undefined;
  readonly workPoolName?: string | null | undefined;
  readonly workQueueName?: string | null | undefined;
}

/** The columns of the fields that were named; a column without a field keeps its value. */
export const columnsOf = (fields: DeploymentFields) => ({
  ...(fields.version === undefined ? {} : { version: fields.version }),
  ...(fields.description === undefined ? {} : { description: fields.description }),
  ...(fields.paused === undefined ? {} : { paused: fields.paused }),
  ...(fields.concurrencyOptions === undefined
    ? {}
    : { concurrencyOptions: optionalJson(fields.concurrencyOptions) }),
  ...(fields.parameters === undefined ? {} : { parameters: json(fields.parameters) }),
  ...(fields.parameterOpenapiSchema === undefined
    ? {}
    : { parameterOpenapiSchema: optionalJson(fields.parameterOpenapiSchema) }),
  ...(fields.enforceParameterSchema === undefined
    ? {}
    : { enforceParameterSchema: fields.enforceParameterSchema }),
  ...(fields.tags === undefined ? {} : { tags: json(fields.tags) }),
  ...(fields.path === undefined ? {} : { path: fields.path }),
  ...(fields.entrypoint === undefined ? {} : { entrypoint: fields.entrypoint }),
  ...(fields.pullSteps === undefined ? {} : { pullSteps: optionalJson(fields.pullSteps) }),
  // Null leaves them, an empty object clears them.
  ...(fields.jobVariables === undefined || fields.jobVariables === null
    ? {}
    : { jobVariables: json(fields.jobVariables) }),
  ...(fields.storageDocumentId === undefined
    ? {}
    : { storageDocumentId: fields.storageDocumentId }),
  ...(fields.infrastructureDocumentId === undefined
    ? {}
    : { infrastructureDocumentId: fields.infrastructureDocumentId }),
  ...(fields.globalConcurrencyLimitId === undefined
    ? {}
    : { concurrencyLimitId: fields.globalConcurrencyLimitId }),
});
