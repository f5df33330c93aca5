import { z } from 'zod';

import { id, integer } from './parts.ts';

export const resourceSpecificationAnswer = z
  .record(z.string(), z.union([z.string(), z.array(z.string())]))
  .meta({ id: 'ResourceSpecification' });

export const eventTriggerAnswer = z
  .object({
    type: z.literal('event').default('event'),
    id: id.optional(),
    match: z
      .union([
        resourceSpecificationAnswer,
        z.record(z.string(), z.union([z.string(), z.array(z.string())])),
      ])
      .optional(),
    match_related: z
      .union([
        resourceSpecificationAnswer,
        z.record(z.string(), z.union([z.string(), z.array(z.string())])),
        z.array(
          z.union([
            resourceSpecificationAnswer,
            z.record(z.string(), z.union([z.string(), z.array(z.string())])),
          ]),
        ),
      ])
      .optional(),
    after: z.array(z.string()).meta({ uniqueItems: true }).optional(),
    expect: z.array(z.string()).meta({ uniqueItems: true }).optional(),
    for_each: z.array(z.string()).meta({ uniqueItems: true }).optional(),
    posture: z.enum(['Reactive', 'Proactive']),
    threshold: integer.default(1),
    within: z.number().min(0.0).default(0.0),
  })
  .meta({ id: 'EventTrigger' });

export const compoundTriggerAnswer: z.ZodType = z
  .object({
    type: z.literal('compound').default('compound'),
    id: id.optional(),
    triggers: z.array(
      z.union([
        eventTriggerAnswer,
        z.lazy(() => compoundTriggerAnswer),
        z.lazy(() => sequenceTriggerAnswer),
      ]),
    ),
    within: z.number().nullable(),
    require: z.union([integer, z.enum(['any', 'all'])]),
  })
  .meta({ id: 'CompoundTrigger' });

export const sequenceTriggerAnswer: z.ZodType = z
  .object({
    type: z.literal('sequence').default('sequence'),
    id: id.optional(),
    triggers: z.array(
      z.union([
        eventTriggerAnswer,
        z.lazy(() => compoundTriggerAnswer),
        z.lazy(() => sequenceTriggerAnswer),
      ]),
    ),
    within: z.number().nullable(),
  })
  .meta({ id: 'SequenceTrigger' });
