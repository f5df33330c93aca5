import { wrapErrorIfMatches } from '@pothos/plugin-errors';

import { requireWithinBounds } from '#server/commands/bounds.ts';
import {
  type DeploymentRun,
  createFlowRunFromDeployment,
  createFlowRunsFromDeployment,
} from '#server/commands/deployment/create-flow-run-from-deployment.ts';

import { builder } from '../builder.ts';
import { findDeploymentId } from '../deployment/find-deployment-id.ts';
import {
  InvalidInput,
  NotFound,
  ParameterSchemaMismatch,
  type Refusal,
} from '../errors/classes.ts';
import { ErrorInterface } from '../errors/types.ts';
import { defineMutation, definePayload } from '../shared/define-mutation.ts';
import { given } from '../shared/given.ts';
import { DeploymentBy } from '../shared/lookups.ts';
import { flowRunField } from '../shared/payload-fields.ts';
import { toFlowRunPolicy } from '../shared/run-policy-input.ts';
import { storedId } from '../shared/where-unique.ts';
import { toProposedState } from '../state/input.ts';
import { creationFields } from './creation-fields.ts';

type Types = typeof builder.$inferSchemaTypes;

/** What may be said of a run of a deployment. */
const runFields = (t: PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>) => ({
  enforceParameterSchema: t.boolean({
    description: 'Whether parameters that do not fit the schema are refused.',
  }),
  parameters: t.field({
    type: 'JSONObject',
    description: 'What its flow is called with beyond what the deployment gives.',
  }),
  tags: t.stringList({ description: 'Its tags beyond those of the deployment.' }),
  ...creationFields(t),
});

const BulkFlowRunInput = builder.inputType('BulkFlowRunInput', {
  description: 'One of many runs of a deployment.',
  fields: runFields,
});

const toRun = (input: typeof BulkFlowRunInput.$inferInput): DeploymentRun =>
  given({
    enforceParameterSchema: input.enforceParameterSchema,
    name: input.name,
    parameters: input.parameters,
    context: input.context ?? undefined,
    tags: input.tags ?? undefined,
    labels: input.labels,
    idempotencyKey: input.idempotencyKey,
    parentTaskRunId: input.parentTaskRunId ? storedId(input.parentTaskRunId) : undefined,
    empiricalPolicy: input.policy ? toFlowRunPolicy(input.policy) : undefined,
    jobVariables: input.jobVariables,
    state: input.state ? toProposedState(input.state) : undefined,
    workQueueName: input.workQueueName,
    infrastructureDocumentId: input.infrastructureDocumentId,
  });

const Created = definePayload<{ readonly id: string; readonly created: boolean }>(
  'createFlowRunFromDeployment',
  (t) => ({
    flowRun: flowRunField(t),
    created: t.exposeBoolean('created', {
      description: 'Whether it was made now; else its idempotency key was known.',
    }),
  }),
);

defineMutation('createFlowRunFromDeployment', {
  description: 'Makes a run of a deployment, to be started now unless a state is given.',
  input: (t) => ({
    deployment: t.field({ type: DeploymentBy, required: true, description: 'The deployment.' }),
    ...runFields(t),
  }),
  payload: Created,
  errors: [InvalidInput, NotFound, ParameterSchemaMismatch],
  resolve: async (input, { server }) => {
    requireWithinBounds(server.settings, input);
    const deploymentId = await findDeploymentId(server, input.deployment);
    const { flowRun, created } = await createFlowRunFromDeployment(server, {
      deploymentId,
      input: toRun(input),
    });
    return { id: flowRun.id, created };
  },
});

interface BulkItem {
  readonly index: number;
  readonly flowRunId: string | null;
  readonly error: Refusal | null;
}

const BulkFlowRunItem = builder.objectRef<BulkItem>('BulkFlowRunItem').implement({
  description: 'What became of one of many runs.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Its place in the input, from zero.' }),
    flowRun: t.prismaField({
      type: 'FlowRun',
      nullable: true,
      description: 'The flow run, or null when it could not be made.',
      resolve: (query, { flowRunId }, _args, ctx) =>
        flowRunId === null
          ? null
          : ctx.server.db.prisma.flowRun.findUnique({ ...query, where: { id: flowRunId } }),
    }),
    error: t.field({
      type: ErrorInterface,
      nullable: true,
      description: 'Why it could not be made.',
      // An error that is given as it is would count as thrown; the wrapped one has the same fields.
      resolve: ({ error }) =>
        error === null ? null : (wrapErrorIfMatches(error, [InvalidInput]) as Refusal),
    }),
  }),
});

const MAX_RUNS = 100;

defineMutation('bulkCreateFlowRunsFromDeployment', {
  description: 'Makes many runs of a deployment, at most 100 at once, each by itself.',
  input: (t) => ({
    deployment: t.field({ type: DeploymentBy, required: true, description: 'The deployment.' }),
    runs: t.field({ type: [BulkFlowRunInput], required: true, description: 'The runs.' }),
  }),
  payload: definePayload<{ readonly results: readonly BulkItem[] }>(
    'bulkCreateFlowRunsFromDeployment',
    (t) => ({
      results: t.field({
        type: [BulkFlowRunItem],
        description: 'What became of each, in the order of the input.',
        resolve: ({ results }) => [...results],
      }),
    }),
  ),
  errors: [InvalidInput, NotFound],
  resolve: async ({ deployment, runs }, { server }) => {
    if (runs.length > MAX_RUNS) {
      const message = `At most ${MAX_RUNS} runs are made at once.`;
      throw new InvalidInput(message, [{ message, path: ['runs'] }]);
    }
    for (const run of runs) requireWithinBounds(server.settings, run);
    const deploymentId = await findDeploymentId(server, deployment);
    const results = await createFlowRunsFromDeployment(server, {
      deploymentId,
      inputs: runs.map(toRun),
    });
    return {
      results: results.map((result, index) =>
        result.status === 'CREATED'
          ? { index, flowRunId: result.flowRunId, error: null }
          : { index, flowRunId: null, error: new InvalidInput(result.error) },
      ),
    };
  },
});
