import { requireWithinBounds } from '#server/commands/bounds.ts';
import { createDeployment } from '#server/commands/deployment/create-deployment.ts';
import { deleteDeployment } from '#server/commands/deployment/delete-deployment.ts';
import { pauseDeployment, resumeDeployment } from '#server/commands/deployment/pause-deployment.ts';
import { updateDeployment } from '#server/commands/deployment/update-deployment.ts';

import { Conflict, InvalidInput, NotFound, ParameterSchemaMismatch } from '../errors/classes.ts';
import { defineDeletion, defineMutation, definePayload } from '../shared/define-mutation.ts';
import { DeploymentBy } from '../shared/lookups.ts';
import { deploymentField } from '../shared/payload-fields.ts';
import { requireName } from '../shared/require-name.ts';
import { storedId } from '../shared/where-unique.ts';
import { deploymentFields, toDeploymentFields } from './fields-input.ts';
import { findDeploymentId } from './find-deployment-id.ts';
import { toNewSchedule, toSchedulePatch } from './schedule-input.ts';

interface Identified {
  readonly id: string;
}

const WHICH = 'Which one.';

defineMutation('createDeployment', {
  description: 'Makes a deployment; one of that flow and name gets the fields that are given.',
  input: (t) => ({
    name: t.string({ required: true, description: 'Its name.' }),
    flowId: t.id({ required: true, description: 'The id of its flow.' }),
    labels: t.field({ type: 'JSONObject', description: 'Its labels.' }),
    ...deploymentFields(t),
  }),
  payload: definePayload<Identified & { readonly created: boolean }>('createDeployment', (t) => ({
    deployment: deploymentField(t),
    created: t.exposeBoolean('created', { description: 'Whether it was made now.' }),
  })),
  errors: [InvalidInput, NotFound, ParameterSchemaMismatch, Conflict],
  resolve: async (input, { server }) => {
    requireName(input.name);
    requireWithinBounds(server.settings, input);
    const { deployment, isCreated } = await createDeployment(server, {
      ...toDeploymentFields(input),
      name: input.name,
      flowId: storedId(input.flowId),
      labels: input.labels,
      schedules: input.schedules?.map(toNewSchedule),
    });
    return { id: deployment.id, created: isCreated };
  },
});

defineMutation('updateDeployment', {
  description: 'Changes a deployment. What is left out stays.',
  input: (t) => ({
    deployment: t.field({ type: DeploymentBy, required: true, description: WHICH }),
    labels: t.field({
      type: 'JSONObject',
      description: 'Labels that it gets beside its own, or in the place of those of their names.',
    }),
    ...deploymentFields(t),
  }),
  payload: definePayload<Identified>('updateDeployment', (t) => ({
    deployment: deploymentField(t),
  })),
  errors: [InvalidInput, NotFound, ParameterSchemaMismatch, Conflict],
  resolve: async (input, { server }) => {
    requireWithinBounds(server.settings, input);
    const id = await findDeploymentId(server, input.deployment);
    return updateDeployment(server, {
      id,
      changes: {
        ...toDeploymentFields(input),
        labels: input.labels ?? undefined,
        schedules: input.schedules?.map(toSchedulePatch),
      },
    });
  },
});

defineDeletion('deleteDeployment', {
  description: 'Deletes a deployment with its schedules and the runs that have not begun.',
  input: (t) => ({
    deployment: t.field({ type: DeploymentBy, required: true, description: WHICH }),
  }),
  resolve: async ({ deployment }, { server }) =>
    (await deleteDeployment(server, await findDeploymentId(server, deployment))).id,
});

defineMutation('pauseDeployment', {
  description: 'Keeps the schedules of a deployment from making runs.',
  input: (t) => ({
    deployment: t.field({ type: DeploymentBy, required: true, description: WHICH }),
  }),
  payload: definePayload<Identified>('pauseDeployment', (t) => ({
    deployment: deploymentField(t),
  })),
  errors: [NotFound],
  resolve: async ({ deployment }, { server }) =>
    pauseDeployment(server, await findDeploymentId(server, deployment)),
});

defineMutation('resumeDeployment', {
  description: 'Lets the schedules of a deployment make runs again.',
  input: (t) => ({
    deployment: t.field({ type: DeploymentBy, required: true, description: WHICH }),
  }),
  payload: definePayload<Identified>('resumeDeployment', (t) => ({
    deployment: deploymentField(t),
  })),
  errors: [NotFound],
  resolve: async ({ deployment }, { server }) =>
    resumeDeployment(server, await findDeploymentId(server, deployment)),
});
