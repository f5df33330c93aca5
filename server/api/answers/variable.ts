import { z } from 'zod';

import { anyObject, id, instant, integer } from './parts.ts';

export const variableValueAnswer = z
  .union([z.string(), integer, z.boolean(), z.number(), anyObject, z.array(z.unknown())])
  .nullable();

export const variableAnswer = z
  .object({
    id,
    created: instant.nullable(),
    updated: instant.nullable(),
    name: z.string().max(255),
    value: variableValueAnswer,
    tags: z.array(z.string()).optional(),
  })
  .meta({ id: 'Variable' });
