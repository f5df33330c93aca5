import { type Script, run } from '#server/db/script.ts';
import { shareFlowOfDeployment, shareQueueOfDeployment } from '#server/db/sql/deployment-rows.ts';

/** Keeps the queue and the flow of a deployment from being removed; to be done before the deployment itself is kept. */
export function* keepSurroundings(deploymentId: string): Script<void> {
  yield* run(shareQueueOfDeployment(deploymentId));
  yield* run(shareFlowOfDeployment(deploymentId));
}
