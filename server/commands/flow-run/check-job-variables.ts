import { one } from '#server/db/script.ts';
import { readDeploymentForRun } from '#server/db/sql/deployment-for-run.ts';
import { checkRunJobVariables } from '#server/parameters/job-variables.ts';

import type { JobVariablesCheck } from './update-flow-run.ts';

/** INVALID when new job variables of a run do not fit the work pool of its deployment. */
export const checkJobVariables: JobVariablesCheck = function* ({ deploymentId, jobVariables }) {
  const deployment = yield* one(readDeploymentForRun(deploymentId));
  if (deployment === null || deployment.poolTemplate === null) return;
  yield* checkRunJobVariables({
    template: deployment.poolTemplate,
    deployment: deployment.jobVariables,
    flowRun: jobVariables,
    failure: 'Error updating flow run',
  });
};
