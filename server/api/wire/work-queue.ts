import type { NewWorkQueue } from '#server/commands/work-queue/create-work-queue.ts';
import type { WorkQueueChanges } from '#server/commands/work-queue/update-work-queue.ts';
import type { JsonObject } from '#server/json.ts';
import type { WorkQueueView } from '#server/queries/work-queue/read-work-queue.ts';
import { formatInstant, formatOptionalInstant } from '#server/time.ts';

import { columnInteger } from './column-integer.ts';
import { optional } from './filters/criteria.ts';
import { datetime } from './pydantic/datetime.ts';
import type { Schema } from './pydantic/refusal.ts';
import { boolean, nameText, text, uuid } from './pydantic/scalar.ts';
import { list, model, openModel, texts } from './pydantic/shapes.ts';

/** The runs that a queue of the days before work pools takes. */
const legacyFilter = openModel({
  tags: optional(texts),
  deployment_ids: optional(list(uuid)),
}).transform(({ tags = null, deployment_ids: ids = null }): JsonObject => ({
  tags: tags && [...tags],
  deployment_ids: ids && [...ids],
}));

/** The body that makes a work queue. */
export const newWorkQueue: Schema<NewWorkQueue> = model({
  name: nameText,
  description: optional(text()).meta({ default: '' }),
  is_paused: boolean.optional().meta({ default: false }),
  concurrency_limit: optional(columnInteger({ atLeast: 0 })),
  priority: optional(columnInteger({ above: 0 })),
  filter: optional(legacyFilter),
}).transform((body) => ({
  name: body.name,
  description: body.description ?? undefined,
  isPaused: body.is_paused,
  concurrencyLimit: body.concurrency_limit,
  priority: body.priority,
  filter: body.filter ?? undefined,
}));

/** The body that changes a work queue. */
export const workQueueChanges: Schema<WorkQueueChanges> = model({
  name: optional(text()),
  description: optional(text()),
  is_paused: boolean.optional().meta({ default: false }),
  concurrency_limit: optional(columnInteger({ atLeast: 0 })),
  priority: optional(columnInteger({ above: 0 })),
  last_polled: optional(datetime),
  filter: optional(legacyFilter),
}).transform((body) => ({
  name: body.name ?? undefined,
  description: body.description ?? undefined,
  isPaused: body.is_paused,
  concurrencyLimit: body.concurrency_limit,
  priority: body.priority ?? undefined,
  lastPolled: body.last_polled,
  filter: body.filter ?? undefined,
}));

/** The fields that any answer about a queue has. */
export const bareWorkQueueToWire = (queue: WorkQueueView) => ({
  id: queue.id,
  created: formatInstant(queue.created),
  updated: formatInstant(queue.updated),
  name: queue.name,
  description: queue.description,
  is_paused: queue.isPaused,
  concurrency_limit: queue.concurrencyLimit,
  priority: queue.priority,
  work_pool_id: queue.workPoolId,
  filter: queue.filter,
  last_polled: formatOptionalInstant(queue.lastPolled),
});

/** The fields in Prefect's order; the slots count only where there is a limit. */
export const workQueueToWire = (queue: WorkQueueView, activeSlots: number) => ({
  ...bareWorkQueueToWire(queue),
  work_pool_name: queue.workPoolName,
  status: queue.status,
  active_slots: queue.concurrencyLimit === null ? null : activeSlots,
});
