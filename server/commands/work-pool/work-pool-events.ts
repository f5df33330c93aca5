import type { WorkPoolRow } from '#prisma/tables.ts';
import type { Script } from '#server/db/script.ts';
import {
  type Event,
  type EventResource,
  RESOURCE_ID,
  RESOURCE_ROLE,
} from '#server/events/event.ts';
import { recordChange, recordEvent } from '#server/events/record.ts';
import { newId } from '#server/ids.ts';
import type { JsonObject } from '#server/json.ts';
import { type Micros, nowMicros, secondsBetween } from '#server/time.ts';

/** How long after a change of status the next one is told to follow it. */
const FOLLOW_SECONDS = 600;

const bareResource = ({ id, name, type }: WorkPoolRow): EventResource => ({
  [RESOURCE_ID]: `prefect.work-pool.${id}`,
  'prefect.resource.name': name,
  'prefect.work-pool.type': type,
});

/** The pool as events name it, in the role of one. */
export const workPoolResource = (pool: WorkPoolRow): EventResource => ({
  ...bareResource(pool),
  [RESOURCE_ROLE]: 'work-pool',
});

const relatedOf = (pool: WorkPoolRow): readonly EventResource[] => {
  const { defaultQueueId } = pool;
  const block = pool.storageConfiguration['default_result_storage_block_id'];
  return [
    ...(defaultQueueId === null
      ? []
      : [
          {
            [RESOURCE_ID]: `prefect.work-queue.${defaultQueueId}`,
            [RESOURCE_ROLE]: 'default-queue',
          },
        ]),
    ...(typeof block === 'string'
      ? [{ [RESOURCE_ID]: `prefect.block-document.${block}`, [RESOURCE_ROLE]: 'result-storage' }]
      : []),
  ];
};

const event = (
  pool: WorkPoolRow,
  action: string,
  rest: Partial<Pick<Event, 'related' | 'payload'>>,
): Event => ({
  id: newId(),
  occurred: nowMicros(),
  event: `prefect.work-pool.${action}`,
  resource: workPoolResource(pool),
  related: rest.related ?? [],
  payload: rest.payload ?? {},
  follows: null,
});

export function* recordWorkPoolCreated(pool: WorkPoolRow): Script<void> {
  yield* recordEvent(event(pool, 'created', { related: relatedOf(pool) }));
  yield* recordChange({ topic: 'work-pool', kind: 'created', entityId: pool.id });
}

export function* recordWorkPoolDeleted(pool: WorkPoolRow): Script<void> {
  yield* recordEvent(event(pool, 'deleted', { related: relatedOf(pool) }));
  yield* recordChange({ topic: 'work-pool', kind: 'deleted', entityId: pool.id });
}

/** The payload names the fields that changed. */
export function* recordWorkPoolUpdated(pool: WorkPoolRow, payload: JsonObject): Script<void> {
  yield* recordEvent(event(pool, 'updated', { payload }));
}

export interface WorkPoolStatusChange {
  readonly eventId: string;
  readonly occurred: Micros;
  /** The pool before the change; null for a new one. */
  readonly before: WorkPoolRow | null;
}

const followedEvent = (before: WorkPoolRow | null, occurred: Micros): string | null => {
  if (before === null || before.lastTransitionedStatusAt === null) return null;
  const seconds = secondsBetween(before.lastTransitionedStatusAt, occurred);
  return seconds < FOLLOW_SECONDS ? before.lastStatusEventId : null;
};

/** Records the status that a pool took; those of agents take some too, which nobody is shown. */
export function* recordWorkPoolStatus(
  pool: WorkPoolRow,
  { eventId, occurred, before }: WorkPoolStatusChange,
): Script<void> {
  yield* recordEvent({
    id: eventId,
    occurred,
    event: `prefect.work-pool.${pool.status.toLowerCase().replaceAll('_', '-')}`,
    resource: bareResource(pool),
    related: [],
    payload: {},
    follows: followedEvent(before, occurred),
  });
}
