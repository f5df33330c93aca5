import { requireWithinBounds } from '#server/commands/bounds.ts';
import { jobVariablesCheck } from '#server/commands/flow-run/check-job-variables.ts';
import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { deleteFlowRun } from '#server/commands/flow-run/delete-flow-run.ts';
import { updateFlowRun, updateFlowRunLabels } from '#server/commands/flow-run/update-flow-run.ts';
import { requireWorkQueue } from '#server/commands/work-queue/resolve-work-queue.ts';
import { pending } from '#server/orchestration/proposals.ts';

import { Conflict, InvalidInput, NotFound } from '../errors/classes.ts';
import { defineDeletion, defineMutation, definePayload } from '../shared/define-mutation.ts';
import { given } from '../shared/given.ts';
import { flowRunField } from '../shared/payload-fields.ts';
import { RunPolicyInput, toFlowRunPolicy } from '../shared/run-policy-input.ts';
import { storedId } from '../shared/where-unique.ts';
import { toProposedState } from '../state/input.ts';
import { creationFields } from './creation-fields.ts';

interface Identified {
  readonly id: string;
}

const CreateFlowRun = definePayload<Identified & { readonly created: boolean }>(
  'createFlowRun',
  (t) => ({
    flowRun: flowRunField(t),
    created: t.exposeBoolean('created', {
      description: 'Whether it was made now; else its idempotency key was known.',
    }),
  }),
);

defineMutation('createFlowRun', {
  description: 'Makes a run of a flow, PENDING unless a state is given.',
  input: (t) => ({
    flowId: t.id({ required: true, description: 'The id of its flow.' }),
    flowVersion: t.string({ description: 'The version of its flow.' }),
    deploymentId: t.id({ description: 'The id of the deployment it belongs to.' }),
    workPoolName: t.string({ description: 'The work pool it waits in.' }),
    parameters: t.field({ type: 'JSONObject', description: 'What its flow is called with.' }),
    tags: t.stringList({ description: 'Its tags.' }),
    ...creationFields(t),
  }),
  payload: CreateFlowRun,
  errors: [InvalidInput, NotFound],
  resolve: async (input, { server }) => {
    requireWithinBounds(server.settings, input);
    const { workPoolName, workQueueName } = input;
    const queue = workPoolName
      ? await server.db.read(() => requireWorkQueue({ workPoolName, workQueueName }))
      : null;
    const { flowRun, created } = await createFlowRun(server, {
      flowId: storedId(input.flowId),
      state: input.state ? toProposedState(input.state) : pending(),
      workQueueId: queue?.id ?? null,
      workQueueName: workQueueName ?? null,
      ...given({
        name: input.name,
        flowVersion: input.flowVersion,
        deploymentId: input.deploymentId ? storedId(input.deploymentId) : undefined,
        parameters: input.parameters ?? undefined,
        context: input.context ?? undefined,
        tags: input.tags ?? undefined,
        labels: input.labels,
        idempotencyKey: input.idempotencyKey,
        parentTaskRunId: input.parentTaskRunId ? storedId(input.parentTaskRunId) : undefined,
        empiricalPolicy: input.policy ? toFlowRunPolicy(input.policy) : undefined,
        jobVariables: input.jobVariables,
        infrastructureDocumentId: input.infrastructureDocumentId,
      }),
    });
    return { id: flowRun.id, created };
  },
});

defineMutation('updateFlowRun', {
  description: 'Changes a flow run. What is left out stays.',
  input: (t) => ({
    id: t.id({ required: true, description: 'Its id.' }),
    name: t.string({ description: 'Its name.' }),
    flowVersion: t.string({ description: 'The version of its flow.' }),
    parameters: t.field({ type: 'JSONObject', description: 'What its flow is called with.' }),
    policy: t.field({ type: RunPolicyInput, description: 'How it is retried.' }),
    tags: t.stringList({ description: 'Its tags.' }),
    infrastructurePid: t.string({ description: 'What names the infrastructure it runs on.' }),
    jobVariables: t.field({
      type: 'JSONObject',
      description: 'What it changes of its infrastructure; only while it is scheduled.',
    }),
  }),
  payload: definePayload<Identified>('updateFlowRun', (t) => ({ flowRun: flowRunField(t) })),
  errors: [InvalidInput, NotFound, Conflict],
  resolve: async (input, { server }) => {
    requireWithinBounds(server.settings, input);
    return updateFlowRun(server, {
      flowRunId: storedId(input.id),
      checkJobVariables: jobVariablesCheck(server),
      ...given({
        name: input.name,
        flowVersion: input.flowVersion,
        parameters: input.parameters ?? undefined,
        empiricalPolicy: input.policy ? toFlowRunPolicy(input.policy) : undefined,
        tags: input.tags ?? undefined,
        infrastructurePid: input.infrastructurePid,
        jobVariables: input.jobVariables,
      }),
    });
  },
});

defineMutation('updateFlowRunLabels', {
  description: 'Lays labels over those a flow run has.',
  input: (t) => ({
    id: t.id({ required: true, description: 'Its id.' }),
    labels: t.field({ type: 'JSONObject', required: true, description: 'The labels.' }),
  }),
  payload: definePayload<Identified>('updateFlowRunLabels', (t) => ({ flowRun: flowRunField(t) })),
  errors: [InvalidInput, NotFound],
  resolve: ({ id, labels }, { server }) =>
    updateFlowRunLabels(server, { flowRunId: storedId(id), labels }),
});

defineDeletion('deleteFlowRun', {
  description: 'Deletes a flow run with its task runs, states and log.',
  input: (t) => ({ id: t.id({ required: true, description: 'Its id.' }) }),
  resolve: async ({ id }, { server }) => {
    await deleteFlowRun(server, { flowRunId: storedId(id) });
    return storedId(id);
  },
});
