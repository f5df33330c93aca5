import type { ConcurrencyLimitV2Row } from '#prisma/tables.ts';
import type { TagLimit } from '#server/commands/concurrency-limit/tag-limits.ts';
import type { HeldLimitRow } from '#server/db/sql/concurrency-slots.ts';
import { activeSlotsAt, tagOfLimit } from '#server/orchestration/concurrency.ts';
import { type Micros, formatInstant } from '#server/time.ts';

import { optional } from './filters/criteria.ts';
import { integer, number } from './pydantic/number.ts';
import { boolean, choice, nameText, text, uuid } from './pydantic/scalar.ts';
import { list, model } from './pydantic/shapes.ts';

const MINIMUM_LEASE_SECONDS = 60;
const MAXIMUM_LEASE_SECONDS = 86_400;
const LEASE_SECONDS = 300;

const count = integer({ atLeast: 0 });
const decay = number({ atLeast: 0 });

/** The body that makes a limit. */
export const newLimit = model({
  active: boolean.default(true),
  name: nameText,
  limit: count,
  active_slots: count.default(0),
  denied_slots: count.default(0),
  slot_decay_per_second: decay.default(0),
});

/** The body that changes a limit: what is not named, or null, stays. */
export const limitChanges = model({
  active: optional(boolean),
  name: optional(nameText),
  limit: optional(count),
  active_slots: optional(count),
  denied_slots: optional(count),
  slot_decay_per_second: optional(decay),
});

export const slotCount = integer({ above: 0 });
export const limitNames = list(text(), { atLeast: 1 });
export const slotMode = choice(['concurrency', 'rate_limit'], 'literal_error').default(
  'concurrency',
);
export const leaseDuration = number({
  atLeast: MINIMUM_LEASE_SECONDS,
  atMost: MAXIMUM_LEASE_SECONDS,
}).default(LEASE_SECONDS);
export const leaseHolder = model({
  type: choice(['flow_run', 'task_run', 'deployment'], 'literal_error'),
  id: uuid,
});

/** A limit as it is answered to whoever made it. */
export const newLimitToWire = (limit: ConcurrencyLimitV2Row) => ({
  id: limit.id,
  created: formatInstant(limit.created),
  updated: formatInstant(limit.updated),
  active: limit.active,
  name: limit.name,
  limit: limit.limit,
  active_slots: limit.activeSlots,
  denied_slots: limit.deniedSlots,
  slot_decay_per_second: limit.slotDecayPerSecond,
  avg_slot_occupancy_seconds: limit.avgSlotOccupancySeconds,
});

/** A limit as it is read: with the slots that are taken at an instant. */
export const limitToWire = (limit: HeldLimitRow, now: Micros) => ({
  id: limit.id,
  created: formatInstant(limit.created),
  updated: formatInstant(limit.updated),
  active: limit.active,
  name: limit.name,
  limit: limit.limit,
  active_slots: activeSlotsAt(limit, now),
  slot_decay_per_second: limit.slotDecayPerSecond,
});

/** A limit as whoever took or gave back its slots is told of it. */
export const shortLimitToWire = ({ id, name, limit }: ConcurrencyLimitV2Row) => ({
  id,
  name,
  limit,
});

/** The body that sets the limit of a tag. */
export const newTagLimit = model({ tag: text(), concurrency_limit: integer() });

/** The limit of a tag with the task runs that hold its slots. */
export const tagLimitToWire = ({ limit, holders }: TagLimit) => ({
  id: limit.id,
  created: formatInstant(limit.created),
  updated: formatInstant(limit.updated),
  tag: tagOfLimit(limit.name),
  concurrency_limit: limit.limit,
  active_slots: holders,
});

/** The limit of a tag as whoever took a slot is told of it. */
export const shortTagLimitToWire = ({ id, name, limit }: ConcurrencyLimitV2Row) => ({
  id,
  name: tagOfLimit(name),
  limit,
});
