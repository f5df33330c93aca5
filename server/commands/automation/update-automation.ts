import type { AutomationRow } from '#prisma/tables.ts';
import type { AutomationDefinition } from '#server/automations/definition/automation.ts';
import { withNewIds } from '#server/automations/definition/trigger.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, run } from '#server/db/script.ts';
import { lockAutomation, updateAutomationRow } from '#server/db/sql/automation-statements.ts';
import { notFound } from '#server/errors.ts';
import { json } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

import { definitionOf, recordAutomation } from './automation-record.ts';
import { checkDefinition, checkEnabling, checkJobVariables } from './check-automation.ts';
import { relateToDeployments } from './related-resources.ts';

/** What replaces an automation; what is absent stays as it was. */
export type AutomationReplacement = Pick<AutomationDefinition, 'name' | 'trigger' | 'actions'> & {
  readonly [Key in keyof AutomationDefinition]?: AutomationDefinition[Key] | undefined;
};

export function* requireAutomation(id: string): Script<AutomationRow> {
  const found = yield* one(lockAutomation(id));
  if (found === null) throw notFound('Automation', id);
  return found;
}

function* store(stored: AutomationRow, next: AutomationDefinition): Script<AutomationRow> {
  const row = {
    ...stored,
    updated: nowMicros(),
    name: next.name,
    description: next.description,
    enabled: next.enabled,
    tags: next.tags,
  };
  const [trigger, actions, onTrigger, onResolve] = [
    json(next.trigger),
    json(next.actions),
    json(next.actions_on_trigger),
    json(next.actions_on_resolve),
  ] as const;
  yield* run(
    updateAutomationRow(
      row.updated,
      row.name,
      row.description,
      row.enabled,
      json(row.tags),
      trigger,
      actions,
      onTrigger,
      onResolve,
      row.id,
    ),
  );
  const written = yield* requireAutomation(row.id);
  yield* recordAutomation('updated', written);
  return written;
}

/** Replaces an automation. NOT_FOUND when there is none, INVALID when it is not as automations are. */
export const updateAutomation = (
  ctx: Context,
  { id, replacement }: { readonly id: string; readonly replacement: AutomationReplacement },
): Promise<AutomationRow> =>
  ctx.db.write(function* () {
    yield* checkJobVariables(ctx, { actions: replacement.actions, skipsEmpty: false });
    const stored = yield* requireAutomation(id);
    const before = definitionOf(stored);
    const next: AutomationDefinition = {
      name: replacement.name,
      description: replacement.description ?? before.description,
      enabled: replacement.enabled ?? before.enabled,
      tags: replacement.tags ?? before.tags,
      trigger: withNewIds(replacement.trigger),
      actions: replacement.actions,
      actions_on_trigger: replacement.actions_on_trigger ?? before.actions_on_trigger,
      actions_on_resolve: replacement.actions_on_resolve ?? before.actions_on_resolve,
    };
    checkDefinition(next);
    yield* relateToDeployments(id, next.actions);
    return yield* store(stored, next);
  });

/**
 * Switches an automation on or off; without a word it stays as it is. NOT_FOUND when there is none, INVALID when it
 * would trigger itself without end once it is on.
 */
export const setAutomationEnabled = (
  ctx: Context,
  { id, enabled }: { readonly id: string; readonly enabled: boolean | undefined },
): Promise<AutomationRow> =>
  ctx.db.write(function* () {
    const stored = yield* requireAutomation(id);
    checkEnabling(stored, definitionOf({ ...stored, enabled: enabled ?? true }));
    return yield* store(stored, { ...definitionOf(stored), enabled: enabled ?? stored.enabled });
  });
