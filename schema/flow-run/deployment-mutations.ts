import {
  createFlowRunFromDeployment,
  type DeploymentRun,
} from '#server/commands/deployment/create-flow-run-from-deployment.ts';

import { findDeploymentId } from '../deployment/find-deployment-id.ts';
import { InvalidInput, NotFound, ParameterSchemaMismatch } from '../errors/classes.ts';
import { defineMutation, definePayload } from '../shared/define-mutation.ts';
import { given } from '../shared/given.ts';
import { DeploymentBy } from '../shared/lookups.ts';
import { flowRunField } from '../shared/payload-fields.ts';
import { RunPolicyInput, toPolicy } from '../shared/run-policy-input.ts';
import { storedId } from '../shared/where-unique.ts';
import { StateInput, toProposedState } from '../state/input.ts';

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
    enforceParameterSchema: t.boolean({
      description: 'Whether parameters that do not fit the schema are refused.',
    }),
    name: t.string({ description: 'Its name; one is made up without.' }),
    parameters: t.field({
      type: 'JSONObject',
      description: 'What its flow is called with beyond what the deployment gives.',
    }),
    context: t.field({ type: 'JSONObject', description: 'Notes of its maker.' }),
    tags: t.stringList({ description: 'Its tags beyond those of the deployment.' }),
    labels: t.field({ type: 'JSONObject', description: 'Its labels.' }),
    idempotencyKey: t.string({ description: 'A key that keeps it from being made twice.' }),
    parentTaskRunId: t.id({
      description: 'The id of the task run that stands for it in the flow run it is called from.',
    }),
    policy: t.field({ type: RunPolicyInput, description: 'How it is retried.' }),
    jobVariables: t.field({
      type: 'JSONObject',
      description: 'What it changes of its infrastructure.',
    }),
    state: t.field({ type: StateInput, description: 'The state it starts in.' }),
    workQueueName: t.string({ description: 'The work queue it waits in.' }),
    infrastructureDocumentId: t.id({ description: 'The id of the block it runs on.' }),
  }),
  payload: Created,
  errors: [InvalidInput, NotFound, ParameterSchemaMismatch],
  resolve: async (input, { server }) => {
    const run: DeploymentRun = given({
      enforceParameterSchema: input.enforceParameterSchema,
      name: input.name,
      parameters: input.parameters,
      context: input.context ?? undefined,
      tags: input.tags ?? undefined,
      labels: input.labels,
      idempotencyKey: input.idempotencyKey,
      parentTaskRunId: input.parentTaskRunId ? storedId(input.parentTaskRunId) : undefined,
      empiricalPolicy: input.policy ? toPolicy(input.policy) : undefined,
      jobVariables: input.jobVariables,
      state: input.state ? toProposedState(input.state) : undefined,
      workQueueName: input.workQueueName,
      infrastructureDocumentId: input.infrastructureDocumentId,
    });
    const deploymentId = await findDeploymentId(server, input.deployment);
    const { flowRun, created } = await createFlowRunFromDeployment(server, {
      deploymentId,
      input: run,
    });
    return { id: flowRun.id, created };
  },
});
