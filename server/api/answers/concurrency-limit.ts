import { z } from 'zod';

import { id, integer, storedShape } from './parts.ts';

export const concurrencyLimitAnswer = z
  .object({
    ...storedShape,
    tag: z.string(),
    concurrency_limit: integer,
    active_slots: z.array(id).optional(),
  })
  .meta({ id: 'ConcurrencyLimit' });

export const concurrencyLimitV2Answer = z
  .object({
    ...storedShape,
    active: z.boolean().default(true),
    name: z.string().regex(/^[^/%&><]+$/u),
    limit: integer,
    active_slots: integer.default(0),
    denied_slots: integer.default(0),
    slot_decay_per_second: z.number().default(0),
    avg_slot_occupancy_seconds: z.number().default(2.0),
  })
  .meta({ id: 'ConcurrencyLimitV2' });

export const globalConcurrencyLimitAnswer = z
  .object({
    ...storedShape,
    active: z.boolean().default(true),
    name: z.string(),
    limit: integer,
    active_slots: integer,
    slot_decay_per_second: z.number().default(2.0),
  })
  .meta({ id: 'GlobalConcurrencyLimitResponse' });

export const minimalConcurrencyLimitAnswer = z
  .object({
    id,
    name: z.string(),
    limit: integer,
  })
  .meta({ id: 'MinimalConcurrencyLimitResponse' });

export const concurrencyLimitWithLeaseAnswer = z
  .object({
    lease_id: id,
    limits: z.array(minimalConcurrencyLimitAnswer),
  })
  .meta({ id: 'ConcurrencyLimitWithLeaseResponse' });
