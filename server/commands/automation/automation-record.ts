import type { AutomationRow } from '#prisma/tables.ts';
import type { AutomationDefinition } from '#server/automations/definition/automation.ts';
import { storedActions, storedTrigger } from '#server/automations/definition/stored.ts';
import type { Script } from '#server/db/script.ts';
import { lifecycleEvent } from '#server/events/lifecycle-event.ts';
import { recordChange, recordEvent } from '#server/events/record.ts';
import type { JsonObject } from '#server/json.ts';
import { formatInstant } from '#server/time.ts';

/** The definition in a row. */
export const definitionOf = (automation: AutomationRow): AutomationDefinition => ({
  name: automation.name,
  description: automation.description,
  enabled: automation.enabled,
  tags: automation.tags,
  trigger: storedTrigger(automation.trigger),
  actions: storedActions(automation.actions),
  actions_on_trigger: storedActions(automation.actionsOnTrigger),
  actions_on_resolve: storedActions(automation.actionsOnResolve),
});

const toldParts = (automation: AutomationRow): JsonObject => {
  const { trigger, actions, actions_on_trigger, actions_on_resolve } = definitionOf(automation);
  // Definitions are made of JSON, whose types have no index.
  return { trigger, actions, actions_on_trigger, actions_on_resolve } as unknown as JsonObject;
};

/** An automation as Prefect tells it. */
export const tellAutomation = (automation: AutomationRow): JsonObject => ({
  name: automation.name,
  description: automation.description,
  enabled: automation.enabled,
  tags: automation.tags,
  ...toldParts(automation),
  id: automation.id,
  created: formatInstant(automation.created),
  updated: formatInstant(automation.updated),
});

/** Records that an automation was made, changed or removed. */
export function* recordAutomation(
  action: 'created' | 'updated' | 'deleted',
  automation: AutomationRow,
): Script<void> {
  const { id, name } = automation;
  const payload = tellAutomation(automation);
  yield* recordEvent(lifecycleEvent({ kind: 'automation', action, id, name, payload }));
  yield* recordChange({ topic: 'automation', kind: action, entityId: id });
}
