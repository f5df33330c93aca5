import type { WorkPoolRow, WorkQueueRow } from '#prisma/tables.ts';
import { workPoolResource } from '#server/commands/work-pool/work-pool-events.ts';
import type { Script } from '#server/db/script.ts';
import { type EventResource, RESOURCE_ID, RESOURCE_ROLE } from '#server/events/event.ts';
import { recordEvent } from '#server/events/record.ts';
import { newId } from '#server/ids.ts';
import type { JsonObject } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

/** The queue as events name it, in the role of one. */
export const workQueueResource = ({
  id,
  name,
}: Pick<WorkQueueRow, 'id' | 'name'>): EventResource => ({
  [RESOURCE_ID]: `prefect.work-queue.${id}`,
  'prefect.resource.name': name,
  [RESOURCE_ROLE]: 'work-queue',
});

export interface WorkQueueHappening {
  readonly queue: WorkQueueRow;
  readonly pool: WorkPoolRow;
  /** `created`, `updated`, `deleted` or the status in kebab case. */
  readonly action: string;
  readonly payload?: JsonObject;
}

/** Records something that happened to a queue. */
export function* recordWorkQueueEvent(happening: WorkQueueHappening): Script<void> {
  const { queue, pool, action, payload = {} } = happening;
  yield* recordEvent({
    id: newId(),
    occurred: nowMicros(),
    event: `prefect.work-queue.${action}`,
    resource: workQueueResource(queue),
    related: [workPoolResource(pool)],
    payload,
    follows: null,
  });
}

/** The status of a queue as event names spell it. */
export const statusAction = (status: string): string => status.toLowerCase().replaceAll('_', '-');
