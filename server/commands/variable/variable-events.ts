import type { VariableRow } from '#prisma/tables.ts';
import type { Script } from '#server/db/script.ts';
import { lifecycleEvent } from '#server/events/lifecycle-event.ts';
import { recordChange, recordEvent } from '#server/events/record.ts';

/** Records that a variable was made, changed or removed. */
export function* recordVariable(
  action: 'created' | 'updated' | 'deleted',
  { id, name, value, tags }: VariableRow,
): Script<void> {
  const payload = { name, value, tags };
  yield* recordEvent(lifecycleEvent({ kind: 'variable', action, id, name, payload }));
  yield* recordChange({ topic: 'variable', kind: action, entityId: id });
}
