import { z } from 'zod';

import { anyObject, integer, storedShape } from './parts.ts';

export const variableValueAnswer = z
  .union([z.string(), integer, z.boolean(), z.number(), anyObject, z.array(z.unknown())])
  .nullable();

export const variableAnswer = z
  .object({
    ...storedShape,
    name: z.string().max(255),
    value: variableValueAnswer,
    tags: z.array(z.string()).optional(),
  })
  .meta({ id: 'Variable' });
