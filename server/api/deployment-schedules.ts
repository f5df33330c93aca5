import { z } from 'zod';

import {
  createDeploymentSchedules,
  deleteDeploymentSchedule,
  updateDeploymentSchedule,
} from '#server/commands/deployment-schedule/change-schedules.ts';
import type { Context } from '#server/context.ts';
import { readDeployment } from '#server/queries/deployment/read-deployment.ts';

import { deploymentScheduleAnswer } from './answers/schedule.ts';
import { wholeBody } from './body.ts';
import { answer, noContent, refusal } from './reply.ts';
import { type Route, route } from './route.ts';
import { newSchedule, schedulePatch, scheduleRowToWire } from './wire/deployment-schedule.ts';
import { list } from './wire/pydantic/shapes.ts';

/** What clients ask about the schedules of deployments. */
export const deploymentScheduleRoutes = (ctx: Context): readonly Route[] => {
  const mostRuns = ctx.settings.deployments.maxScheduledRuns;
  return [
    route({
      method: 'GET',
      path: '/deployments/{id:uuid}/schedules',
      answers: z.array(deploymentScheduleAnswer),
      handle: async ({ param }) => {
        const deployment = await readDeployment(ctx, param('id'));
        if (deployment === null) return refusal(404, 'Deployment not found.');
        return answer(deployment.schedules.map(scheduleRowToWire));
      },
    }),
    route({
      method: 'POST',
      path: '/deployments/{id:uuid}/schedules',
      status: 201,
      answers: z.array(deploymentScheduleAnswer),
      body: wholeBody(list(newSchedule(mostRuns))),
      handle: async ({ body, param }) => {
        const deploymentId = param('id');
        const created = await createDeploymentSchedules(ctx, { deploymentId, schedules: body });
        return answer(created.map(scheduleRowToWire), 201);
      },
    }),
    route({
      method: 'PATCH',
      path: '/deployments/{id:uuid}/schedules/{schedule_id:uuid}',
      status: 204,
      body: wholeBody(schedulePatch(mostRuns)),
      handle: async ({ body, param }) => {
        const key = { deploymentId: param('id'), id: param('schedule_id') };
        await updateDeploymentSchedule(ctx, { ...key, changes: body });
        return noContent;
      },
    }),
    route({
      method: 'DELETE',
      path: '/deployments/{id:uuid}/schedules/{schedule_id:uuid}',
      status: 204,
      handle: async ({ param }) => {
        const key = { deploymentId: param('id'), id: param('schedule_id') };
        await deleteDeploymentSchedule(ctx, key);
        return noContent;
      },
    }),
  ];
};
