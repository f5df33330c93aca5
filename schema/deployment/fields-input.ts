import type { DeploymentFields } from '#server/commands/deployment/deployment-fields.ts';
import type { JsonObject } from '#server/json.ts';

import { builder } from '../builder.ts';
import { storedId } from '../shared/where-unique.ts';
import { ConcurrencyLimitStrategy } from './concurrency-options.ts';
import { DeploymentScheduleInput } from './schedule-input.ts';

type Types = typeof builder.$inferSchemaTypes;

const VersionInfoInput = builder.inputType('VersionInfoInput', {
  description: 'The version of a deployment.',
  fields: (t) => ({
    type: t.string({ required: true, description: 'Where versions of its kind come from.' }),
    version: t.string({ required: true, description: 'The version.' }),
  }),
});

const ConcurrencyOptionsInput = builder.inputType('ConcurrencyOptionsInput', {
  description: 'How a deployment keeps to its bound.',
  fields: (t) => ({
    collisionStrategy: t.field({
      type: ConcurrencyLimitStrategy,
      required: true,
      description: 'What happens to a run beyond it.',
    }),
    gracePeriodSeconds: t.int({
      description: 'How long a run that was handed out keeps its place before it starts.',
    }),
  }),
});

/** The fields that making and changing a deployment have in common. */
export const deploymentFields = (t: PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>) => ({
  version: t.string({ description: 'Its version.' }),
  versionInfo: t.field({
    type: VersionInfoInput,
    description: 'Its version and where it is from.',
  }),
  description: t.string({ description: 'What it is for.' }),
  paused: t.boolean({ description: 'Whether its schedules make no runs.' }),
  schedules: t.field({ type: [DeploymentScheduleInput], description: 'Its schedules.' }),
  concurrencyLimit: t.int({ description: 'How many of its runs may go on at once.' }),
  globalConcurrencyLimitId: t.id({
    description: 'The id of a limit that it shares, in place of one of its own.',
  }),
  concurrencyOptions: t.field({
    type: ConcurrencyOptionsInput,
    description: 'What happens to a run beyond its bound.',
  }),
  parameters: t.field({
    type: 'JSONObject',
    description: 'What its runs are called with unless they say otherwise.',
  }),
  parameterOpenapiSchema: t.field({
    type: 'JSONObject',
    description: 'The JSON schema of its parameters.',
  }),
  enforceParameterSchema: t.boolean({
    description: 'Whether parameters that do not fit that schema are refused.',
  }),
  jobVariables: t.field({
    type: 'JSONObject',
    description: 'What its runs change of the infrastructure of their work pool.',
  }),
  tags: t.stringList({ description: 'Its tags.' }),
  workPoolName: t.string({ description: 'The work pool its runs wait in; null takes it out.' }),
  workQueueName: t.string({ description: 'The work queue its runs wait in.' }),
  path: t.string({ description: 'Where its code is.' }),
  entrypoint: t.string({ description: 'Where in its code the flow is.' }),
  pullSteps: t.field({ type: ['JSONObject'], description: 'What is done to fetch its code.' }),
  storageDocumentId: t.id({ description: 'The id of the block that its code is kept in.' }),
  infrastructureDocumentId: t.id({ description: 'The id of the block it runs on.' }),
});

interface Options {
  readonly collisionStrategy: 'ENQUEUE' | 'CANCEL_NEW';
  readonly gracePeriodSeconds?: number | null | undefined;
}

interface Given {
  readonly version?: string | null | undefined;
  readonly versionInfo?: { readonly version: string } | null | undefined;
  readonly description?: string | null | undefined;
  readonly paused?: boolean | null | undefined;
  readonly concurrencyLimit?: number | null | undefined;
  readonly globalConcurrencyLimitId?: string | null | undefined;
  readonly concurrencyOptions?: Options | null | undefined;
  readonly parameters?: JsonObject | null | undefined;
  readonly parameterOpenapiSchema?: JsonObject | null | undefined;
  readonly enforceParameterSchema?: boolean | null | undefined;
  readonly jobVariables?: JsonObject | null | undefined;
  readonly tags?: readonly string[] | null | undefined;
  readonly workPoolName?: string | null | undefined;
  readonly workQueueName?: string | null | undefined;
  readonly path?: string | null | undefined;
  readonly entrypoint?: string | null | undefined;
  readonly pullSteps?: readonly JsonObject[] | null | undefined;
  readonly storageDocumentId?: string | null | undefined;
  readonly infrastructureDocumentId?: string | null | undefined;
}

const toOptions = (options: Options | null | undefined): JsonObject | null | undefined =>
  options
    ? {
        collision_strategy: options.collisionStrategy,
        grace_period_seconds: options.gracePeriodSeconds ?? null,
      }
    : options;

const optionalId = (id: string | null | undefined) => (id ? storedId(id) : id);

/** The fields that an input names. */
export const toDeploymentFields = (input: Given): DeploymentFields => ({
  version: input.versionInfo?.version ?? input.version,
  description: input.description,
  paused: input.paused ?? undefined,
  concurrencyLimit: input.concurrencyLimit,
  globalConcurrencyLimitId: optionalId(input.globalConcurrencyLimitId),
  concurrencyOptions: toOptions(input.concurrencyOptions),
  parameters: input.parameters ?? undefined,
  parameterOpenapiSchema: input.parameterOpenapiSchema,
  enforceParameterSchema: input.enforceParameterSchema ?? undefined,
  jobVariables: input.jobVariables,
  tags: input.tags ?? undefined,
  workPoolName: input.workPoolName,
  workQueueName: input.workQueueName,
  path: input.path,
  entrypoint: input.entrypoint,
  pullSteps: input.pullSteps,
  storageDocumentId: optionalId(input.storageDocumentId),
  infrastructureDocumentId: optionalId(input.infrastructureDocumentId),
});
