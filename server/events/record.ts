import type { Dialect } from '#server/db/dialect.ts';
import { type Script, announce, run } from '#server/db/script.ts';
import { insertChanges } from '#server/db/sql/batch-changes.ts';
import { insertChange } from '#server/db/sql/insert-change.ts';
import {
  insertResourcesOfEvent,
  insertResourcesOfWrittenEvent,
} from '#server/db/sql/insert-event-resources.ts';
import { insertEvent } from '#server/db/sql/insert-event.ts';
import type { Part } from '#server/db/sql/run-together.ts';
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

/** The writes of an event, to be run together with those of what caused it. A known id is left as it is. */
export const eventParts = (event: Event): readonly Part[] => {
  const { id, occurred, resource, related } = event;
  const resourceId = resource[RESOURCE_ID] ?? '';
  const row = [
    resourceId,
    json(resource),
    json(related),
    json(event.payload),
    event.follows,
  ] as const;
  const others = related.map((other) => [other[RESOURCE_ID] ?? '', other[RESOURCE_ROLE] ?? '']);
  const resources = json([[resourceId, ''], ...others]);
  return [
    { name: 'written_event', query: insertEvent(id, occurred, nowMicros(), event.event, ...row) },
    {
      name: 'event_parts',
      query: insertResourcesOfEvent(resources, id),
      inCompany: insertResourcesOfWrittenEvent(occurred, resources),
    },
  ];
};

/** Writes an event in the running transaction and wakes readers of events after it. */
export function* recordEvent(event: Event): Script<void> {
  for (const { query } of eventParts(event)) yield* run(query);
  yield* announce('event', event.resource[RESOURCE_ID] ?? '');
}

/** Notes a change of an entity in the journal and wakes its readers after the commit. */
export function* recordChange(change: Change): Script<void> {
  const flowRunId = change.flowRunId ?? null;
  yield* run(insertChange(nowMicros(), change.topic, change.kind, change.entityId, flowRunId));
  yield* announce(change.topic, change.entityId);
  if (flowRunId !== null && flowRunId !== change.entityId) yield* announce(change.topic, flowRunId);
}

/** Notes changes of many entities in the journal and wakes each of their readers once after the commit. */
export function* recordChanges(dialect: Dialect, changes: readonly Change[]): Script<void> {
  const at = nowMicros();
  yield* insertChanges(
    dialect,
    changes.map(({ topic, kind, entityId, flowRunId = null }) => ({
      at,
      topic,
      kind,
      entity_id: entityId,
      flow_run_id: flowRunId,
    })),
  );
  const keys = new Map<ChangeTopic, Set<string>>();
  for (const { topic, entityId, flowRunId } of changes) {
    const known = keys.get(topic) ?? new Set();
    keys.set(topic, known.add(entityId).add(flowRunId ?? entityId));
  }
  for (const [topic, ids] of keys) {
    for (const id of ids) yield* announce(topic, id);
  }
}
