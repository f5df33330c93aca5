import type { AutomationRow } from '#prisma/tables.ts';
import type { Script } from '#server/db/script.ts';
import { lifecycleEvent } from '#server/events/lifecycle-event.ts';
import { recordChange, recordEvent } from '#server/events/record.ts';
import type { JsonObject } from '#server/json.ts';
import { formatInstant } from '#server/time.ts';

/** An automation as Prefect tells it. */
export const tellAutomation = (automation: AutomationRow): JsonObject => ({
  name: automation.name,
  description: automation.description,
  enabled: automation.enabled,
  tags: automation.tags,
  trigger: automation.trigger,
  actions: automation.actions,
  actions_on_trigger: automation.actionsOnTrigger,
  actions_on_resolve: automation.actionsOnResolve,
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
