import type { FlowRow } from '#prisma/tables.ts';
import type { Script } from '#server/db/script.ts';
import { lifecycleEvent } from '#server/events/lifecycle-event.ts';
import { recordChange, recordEvent } from '#server/events/record.ts';

/** Records that a flow was made, changed or removed. */
export function* recordFlow(
  action: 'created' | 'updated' | 'deleted',
  { id, name, tags, labels }: FlowRow,
): Script<void> {
  const payload = { name, tags, labels };
  yield* recordEvent(lifecycleEvent({ kind: 'flow', action, id, name, payload }));
  yield* recordChange({ topic: 'flow', kind: action, entityId: id });
}
