import type { Action } from '#server/automations/definition/action.ts';
import { type Script, run } from '#server/db/script.ts';
import {
  forgetRelatedDeployments,
  relateAutomation,
} from '#server/db/sql/automation-statements.ts';
import { newId } from '#server/ids.ts';
import { nowMicros } from '#server/time.ts';

interface Relation {
  readonly automationId: string;
  readonly resourceId: string;
  readonly isOwner: boolean;
}

/** Notes that an automation has to do with a resource, such as `prefect.deployment.<id>`. */
export function* relateTo({ automationId, resourceId, isOwner }: Relation): Script<void> {
  const now = nowMicros();
  yield* run(relateAutomation(newId(), now, now, automationId, resourceId, isOwner));
}

const selectedDeployments = (actions: readonly Action[]): ReadonlySet<string> =>
  new Set(
    actions.flatMap((action) =>
      action.type === 'run-deployment' &&
      action.source === 'selected' &&
      action.deployment_id !== null
        ? [action.deployment_id]
        : [],
    ),
  );

/** Keeps note of the deployments that the actions of an automation run. */
export function* relateToDeployments(
  automationId: string,
  actions: readonly Action[],
): Script<void> {
  yield* run(forgetRelatedDeployments(automationId));
  for (const id of selectedDeployments(actions)) {
    yield* relateTo({ automationId, resourceId: `prefect.deployment.${id}`, isOwner: false });
  }
}
