import type { AutomationRow } from '#prisma/tables.ts';
import type { Action, RunDeployment } from '#server/automations/definition/action.ts';
import type { AutomationDefinition } from '#server/automations/definition/automation.ts';
import { definitionFaults } from '#server/automations/definition/check.ts';
import { loopFault } from '#server/automations/definition/faults.ts';
import type { Context } from '#server/context.ts';
import { type Script, one } from '#server/db/script.ts';
import { readDeploymentForRun } from '#server/db/sql/deployment-for-run.ts';
import { ServerError, isServerError } from '#server/errors.ts';
import type { JsonObject } from '#server/json.ts';
import { checkRunJobVariables } from '#server/parameters/job-variables.ts';

import { tellAutomation } from './automation-record.ts';

/** INVALID, with the faults and their places as `issues`, for an automation that is not as automations are. */
export const checkDefinition = (automation: AutomationDefinition): void => {
  const issues = definitionFaults(automation);
  const [first] = issues;
  if (first !== undefined) throw new ServerError('INVALID', first.message, { details: { issues } });
};

/** INVALID, with the row as it would be as `automation`, when switching it on made a loop. */
export const checkEnabling = (stored: AutomationRow, next: AutomationDefinition): void => {
  const fault = loopFault(next);
  if (fault === null) return;
  const issues = [{ path: [], message: fault }];
  throw new ServerError('INVALID', fault, {
    details: { issues, automation: tellAutomation({ ...stored, enabled: next.enabled }) },
  });
};

const FAILURE = 'Error creating automation';
const PREFIX = `${FAILURE}: `;

const isEmpty = (variables: JsonObject | null): boolean =>
  Object.keys(variables ?? {}).length === 0;

function* checkJobVariablesOf(ctx: Context, action: RunDeployment): Script<void> {
  const id = action.deployment_id ?? '';
  const deployment = yield* one(readDeploymentForRun(id));
  if (deployment === null) {
    throw new ServerError('NOT_FOUND', 'Deployment not found.', {
      details: { kind: 'Deployment', key: id },
    });
  }
  if (deployment.poolTemplate === null) return;
  if (isEmpty(action.job_variables) && isEmpty(deployment.jobVariables)) return;
  yield* checkRunJobVariables(ctx, {
    template: deployment.poolTemplate,
    deployment: null,
    flowRun: action.job_variables,
    failure: FAILURE,
  });
}

/**
 * Holds the job variables of actions that run a deployment against its work pool. INVALID with the faults of all,
 * NOT_FOUND for a deployment that is not there.
 */
export function* checkJobVariables(
  ctx: Context,
  { actions, skipsEmpty }: { readonly actions: readonly Action[]; readonly skipsEmpty: boolean },
): Script<void> {
  const faults: string[] = [];
  for (const action of actions) {
    if (action.type !== 'run-deployment' || action.deployment_id === null) continue;
    if (action.job_variables === null || (skipsEmpty && isEmpty(action.job_variables))) continue;
    try {
      yield* checkJobVariablesOf(ctx, action);
    } catch (error) {
      if (!isServerError(error, 'INVALID') || !error.message.startsWith(PREFIX)) throw error;
      faults.push(error.message.slice(PREFIX.length));
    }
  }
  if (faults.length > 0) throw new ServerError('INVALID', `${PREFIX}${faults.join(' ')}`);
}
