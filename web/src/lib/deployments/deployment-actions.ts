import {
  PauseDeploymentDocument,
  ResumeDeploymentDocument,
  RunDeploymentDocument,
  type DeploymentRowFragment,
} from '@prefect-server/client-gen/web';

import { mutate } from '#lib/graphql/mutate.ts';
import { base } from '#lib/shell/base.ts';
import { scheduledAt } from '#lib/states/proposals.ts';
import { formatInstant } from '#lib/time/format.ts';
import { toaster } from '#lib/ui/toaster.svelte.ts';

type Deployment = Pick<DeploymentRowFragment, 'id' | 'name'>;

/** Pauses or resumes every schedule of a deployment and says so. */
export const setPaused = async (deployment: Deployment, isPaused: boolean): Promise<void> => {
  const variables = { input: { deployment: { id: deployment.id } } };
  const payload = isPaused
    ? await mutate({ operation: PauseDeploymentDocument, variables })
    : await mutate({ operation: ResumeDeploymentDocument, variables });
  if (!payload) return;
  toaster.show({
    kind: 'success',
    text: isPaused
      ? `${deployment.name} is paused: its schedules start no runs.`
      : `${deployment.name} is running by its schedules again.`,
  });
};

type RunRequest = {
  /** Absent: the deployment's own parameters. */
  readonly parameters?: Record<string, unknown>;
  readonly name?: string;
  readonly tags?: readonly string[];
  readonly workQueueName?: string;
  readonly jobVariables?: Record<string, unknown>;
  /** When it is to start, as an ISO instant; now without it. */
  readonly startAt?: string;
};

/** Starts a run, now or at its time; answers whether the server took it. */
export const runDeployment = async (
  deployment: Deployment,
  { startAt, tags, ...request }: RunRequest = {},
): Promise<boolean> => {
  const payload = await mutate({
    operation: RunDeploymentDocument,
    variables: {
      input: {
        deployment: { id: deployment.id },
        ...request,
        ...(tags !== undefined && { tags: [...tags] }),
        ...(startAt !== undefined && { state: scheduledAt(startAt) }),
      },
    },
  });
  if (!payload) return false;
  const { flowRun } = payload;
  toaster.show({
    kind: 'success',
    text:
      startAt === undefined
        ? `${flowRun.name} is scheduled to run now.`
        : `${flowRun.name} is scheduled for ${formatInstant(startAt)}.`,
    link: { href: `${base}/runs/flow-run/${flowRun.id}`, label: 'View run' },
  });
  return true;
};
