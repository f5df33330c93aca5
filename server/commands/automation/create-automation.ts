import type { AutomationRow } from '#prisma/tables.ts';
import type { AutomationDefinition } from '#server/automations/definition/automation.ts';
import { withNewIds } from '#server/automations/definition/trigger.ts';
import type { Context } from '#server/context.ts';
import { one } from '#server/db/script.ts';
import { insertAutomation } from '#server/db/sql/automation-statements.ts';
import { ServerError } from '#server/errors.ts';
import { newId } from '#server/ids.ts';
import { json } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

import { recordAutomation } from './automation-record.ts';
import { checkDefinition, checkJobVariables } from './check-automation.ts';
import { relateTo, relateToDeployments } from './related-resources.ts';

export interface NewAutomation extends AutomationDefinition {
  /** The resource that the automation belongs to, such as `prefect.deployment.<id>`. */
  readonly ownerResource?: string | null;
}

/** Makes an automation. INVALID when it is not as automations are, NOT_FOUND when it runs an unknown deployment. */
export const createAutomation = (ctx: Context, made: NewAutomation): Promise<AutomationRow> => {
  const { ownerResource = null, ...definition } = made;
  return ctx.db.write(function* () {
    checkDefinition(definition);
    const { name, description, enabled, tags, actions } = definition;
    yield* checkJobVariables(ctx, { actions, skipsEmpty: true });
    const now = nowMicros();
    const row = yield* one(
      insertAutomation(
        newId(),
        now,
        now,
        name,
        description,
        enabled,
        json(tags),
        json(withNewIds(definition.trigger)),
        json(actions),
        json(definition.actions_on_trigger),
        json(definition.actions_on_resolve),
      ),
    );
    if (row === null) throw new ServerError('UNAVAILABLE', 'The automation was not written.');
    yield* relateToDeployments(row.id, actions);
    if (ownerResource !== null && ownerResource !== '') {
      yield* relateTo({ automationId: row.id, resourceId: ownerResource, isOwner: true });
    }
    yield* recordAutomation('created', row);
    return row;
  });
};
