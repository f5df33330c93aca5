import { requireWithinBounds } from '#server/commands/bounds.ts';
import {
  createDeploymentSchedules,
  deleteDeploymentSchedule,
  updateDeploymentSchedule,
} from '#server/commands/deployment-schedule/change-schedules.ts';

import { AlreadyExists, InvalidInput, NotFound } from '../errors/classes.ts';
import { defineDeletion, defineMutation, definePayload } from '../shared/define-mutation.ts';
import { DeploymentBy } from '../shared/lookups.ts';
import { storedId } from '../shared/where-unique.ts';
import { findDeploymentId } from './find-deployment-id.ts';
import {
  DeploymentScheduleInput,
  ScheduleInput,
  toNewSchedule,
  toSchedule,
} from './schedule-input.ts';

const DEPLOYMENT = 'The deployment.';
const SCHEDULE_ID = 'The id of the schedule.';

defineMutation('createDeploymentSchedules', {
  description: 'Adds schedules to a deployment.',
  input: (t) => ({
    deployment: t.field({ type: DeploymentBy, required: true, description: DEPLOYMENT }),
    schedules: t.field({
      type: [DeploymentScheduleInput],
      required: true,
      description: 'The schedules.',
    }),
  }),
  payload: definePayload<{ readonly ids: readonly string[] }>('createDeploymentSchedules', (t) => ({
    schedules: t.prismaField({
      type: ['DeploymentSchedule'],
      description: 'The schedules that were added.',
      resolve: (query, { ids }, _args, ctx) =>
        ctx.server.db.prisma.deploymentSchedule.findMany({
          ...query,
          where: { id: { in: [...ids] } },
          orderBy: [{ created: 'asc' }, { id: 'asc' }],
        }),
    }),
  })),
  errors: [InvalidInput, NotFound, AlreadyExists],
  resolve: async ({ deployment, schedules }, { server }) => {
    requireWithinBounds(server.settings, { schedules });
    const deploymentId = await findDeploymentId(server, deployment);
    const created = await createDeploymentSchedules(server, {
      deploymentId,
      schedules: schedules.map(toNewSchedule),
    });
    return { ids: created.map(({ id }) => id) };
  },
});

defineMutation('updateDeploymentSchedule', {
  description: 'Changes a schedule of a deployment. What is left out stays.',
  input: (t) => ({
    deployment: t.field({ type: DeploymentBy, required: true, description: DEPLOYMENT }),
    scheduleId: t.id({ required: true, description: SCHEDULE_ID }),
    active: t.boolean({ description: 'Whether it makes runs.' }),
    schedule: t.field({ type: ScheduleInput, description: 'When it makes runs.' }),
    maxScheduledRuns: t.int({ description: 'How many runs it makes ahead of time at most.' }),
    parameters: t.field({
      type: 'JSONObject',
      description: 'What its runs are called with beyond the parameters of the deployment.',
    }),
    slug: t.string({ description: 'A name for it within its deployment.' }),
  }),
  payload: definePayload<{ readonly id: string }>('updateDeploymentSchedule', (t) => ({
    schedule: t.prismaField({
      type: 'DeploymentSchedule',
      description: 'The schedule as it is now.',
      resolve: (query, { id }, _args, ctx) =>
        ctx.server.db.prisma.deploymentSchedule.findUniqueOrThrow({ ...query, where: { id } }),
    }),
  })),
  errors: [InvalidInput, NotFound, AlreadyExists],
  resolve: async ({ deployment, scheduleId, schedule, ...changes }, { server }) => {
    requireWithinBounds(server.settings, { schedules: [changes] });
    const deploymentId = await findDeploymentId(server, deployment);
    return updateDeploymentSchedule(server, {
      deploymentId,
      id: storedId(scheduleId),
      changes: { ...changes, schedule: schedule ? toSchedule(schedule) : undefined },
    });
  },
});

defineDeletion('deleteDeploymentSchedule', {
  description: 'Deletes a schedule of a deployment with the runs it has made ahead of time.',
  input: (t) => ({
    deployment: t.field({ type: DeploymentBy, required: true, description: DEPLOYMENT }),
    scheduleId: t.id({ required: true, description: SCHEDULE_ID }),
  }),
  resolve: async ({ deployment, scheduleId }, { server }) => {
    const deploymentId = await findDeploymentId(server, deployment);
    return (await deleteDeploymentSchedule(server, { deploymentId, id: storedId(scheduleId) })).id;
  },
});
