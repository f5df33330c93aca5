import { scheduleDeployments } from '#server/commands/deployment/schedule-deployments.ts';
import { filterFlowRuns } from '#server/queries/flow-run/filter-flow-runs.ts';
import { nowMicros } from '#server/time.ts';

import { InvalidInput, NotFound } from '../errors/classes.ts';
import { defineMutation, definePayload } from '../shared/define-mutation.ts';
import { DeploymentBy } from '../shared/lookups.ts';
import { deploymentField } from '../shared/payload-fields.ts';
import { findDeploymentId } from './find-deployment-id.ts';

const MAX_SHOWN = 200;

interface Scheduled {
  readonly id: string;
  readonly scheduledFlowRunIds: readonly string[];
}

defineMutation('scheduleDeployment', {
  description: 'Makes the runs that the schedules of a deployment call for, ahead of time.',
  input: (t) => ({
    deployment: t.field({ type: DeploymentBy, required: true, description: 'The deployment.' }),
    startTime: t.field({ type: 'DateTime', description: 'From when on; now without one.' }),
    endTime: t.field({ type: 'DateTime', description: 'Until when.' }),
    minTimeSeconds: t.float({ description: 'How far ahead there must be runs.' }),
    minRuns: t.int({ description: 'How many runs there must be at least.' }),
    maxRuns: t.int({ description: 'How many runs there may be at most.' }),
  }),
  payload: definePayload<Scheduled>('scheduleDeployment', (t) => ({
    deployment: deploymentField(t),
    scheduledFlowRunIds: t.idList({
      description: 'The ids of its scheduled runs now, the next first; at most 200.',
      resolve: ({ scheduledFlowRunIds }) => [...scheduledFlowRunIds],
    }),
  })),
  errors: [InvalidInput, NotFound],
  resolve: async (input, { server }) => {
    const id = await findDeploymentId(server, input.deployment);
    await scheduleDeployments(server, {
      deploymentIds: [id],
      start: input.startTime ?? undefined,
      end: input.endTime ?? undefined,
      minTimeSeconds: input.minTimeSeconds ?? undefined,
      minRuns: input.minRuns ?? undefined,
      maxRuns: input.maxRuns ?? undefined,
    });
    const runs = await filterFlowRuns(server, {
      filter: {
        deploymentId: { in: [id] },
        state: { type: { in: ['SCHEDULED'] } },
        nextScheduledStartTime: { after: input.startTime ?? nowMicros() },
      },
      sort: 'NEXT_SCHEDULED_START_TIME_ASC',
      page: { limit: MAX_SHOWN, offset: 0 },
    });
    return { id, scheduledFlowRunIds: runs.map((run) => run.id) };
  },
});
