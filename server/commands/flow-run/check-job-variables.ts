import type { Context } from '#server/context.ts';
import { one } from '#server/db/script.ts';
import { readDeploymentForRun } from '#server/db/sql/deployment-for-run.ts';
import { checkRunJobVariables } from '#server/parameters/job-variables.ts';

import type { JobVariablesCheck } from './update-flow-run.ts';

/** A check of new job variables of a run: INVALID when they do not fit the work pool of its deployment. */
export const jobVariablesCheck = (ctx: Context): JobVariablesCheck =>
  function* ({ deploymentId, jobVariables }) {
    const deployment = yield* one(readDeploymentForRun(deploymentId));
    if (deployment === null || deployment.poolTemplate === null) return;
    yield* checkRunJobVariables(ctx, {
      template: deployment.poolTemplate,
      deployment: deployment.jobVariables,
      flowRun: jobVariables,
      failure: 'Error updating flow run',
    });
  };
