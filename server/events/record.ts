import { type Script, announce, run } from '#server/db/script.ts';
import { insertChange } from '#server/db/sql/insert-change.ts';
import { insertEvent, insertEventResource } from '#server/db/sql/insert-event.ts';
import { json } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

import { type Event, RESOURCE_ID, RESOURCE_ROLE } from './event.ts';

export type ChangeTopic =
  | 'flow'
  | 'flow-run'
  | 'task-run'
  | 'deployment'
  | 'work-pool'
  | 'work-queue'
  | 'worker'
  | 'artifact'
  | 'variable'
  | 'flow-run-input'
  | 'concurrency-limit'
  | 'automation'
  | 'block-document';

export interface Change {
  readonly topic: ChangeTopic;
  readonly kind: 'created' | 'updated' | 'deleted';
  readonly entityId: string;
  /** The flow run the entity belongs to, or is. */
  readonly flowRunId?: string | null;
}

/** Writes an event in the running transaction and wakes readers of events after it. A known id is left as it is. */
export function* recordEvent(event: Event): Script<void> {
  const resourceId = event.resource[RESOURCE_ID] ?? '';
  yield* run(
    insertEvent(
      event.id,
      event.occurred,
      nowMicros(),
      event.event,
      resourceId,
      json(event.resource),
      json(event.related),
      json(event.payload),
      event.follows,
    ),
  );
  yield* run(insertEventResource(resourceId, event.occurred, '', event.id));
  for (const related of event.related) {
    const id = related[RESOURCE_ID] ?? '';
    yield* run(insertEventResource(id, event.occurred, related[RESOURCE_ROLE] ?? '', event.id));
  }
  yield* announce('event', resourceId);
}

/** Notes a change of an entity in the journal and wakes its readers after the commit. */
export function* recordChange(change: Change): Script<void> {
  const flowRunId = change.flowRunId ?? null;
  yield* run(insertChange(nowMicros(), change.topic, change.kind, change.entityId, flowRunId));
  yield* announce(change.topic, change.entityId);
  if (flowRunId !== null && flowRunId !== change.entityId) yield* announce(change.topic, flowRunId);
}
