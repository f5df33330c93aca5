import { z } from 'zod';

import { integer } from './parts.ts';

const schemaValueIndexErrorAnswer: z.ZodType = z
  .object({
    index: integer,
    errors: z.array(
      z.union([
        z.string(),
        z.lazy(() => schemaValuePropertyErrorAnswer),
        z.lazy(() => schemaValueIndexErrorAnswer),
      ]),
    ),
  })
  .meta({ id: 'SchemaValueIndexError' });

const schemaValuePropertyErrorAnswer: z.ZodType = z
  .object({
    property: z.string(),
    errors: z.array(
      z.union([
        z.string(),
        z.lazy(() => schemaValuePropertyErrorAnswer),
        z.lazy(() => schemaValueIndexErrorAnswer),
      ]),
    ),
  })
  .meta({ id: 'SchemaValuePropertyError' });

export const schemaValuesValidationAnswer = z
  .object({
    errors: z.array(
      z.union([
        z.string(),
        z.lazy(() => schemaValuePropertyErrorAnswer),
        z.lazy(() => schemaValueIndexErrorAnswer),
      ]),
    ),
    valid: z.boolean(),
  })
  .meta({ id: 'SchemaValuesValidationResponse' });
