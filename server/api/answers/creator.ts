import { z } from 'zod';

import { id, nullable } from './parts.ts';

export const createdByAnswer = z
  .object({
    id: nullable(id),
    type: nullable(z.string()),
    display_value: nullable(z.string()),
  })
  .meta({ id: 'CreatedBy' });

export const updatedByAnswer = z
  .object({
    id: nullable(id),
    type: nullable(z.string()),
    display_value: nullable(z.string()),
  })
  .meta({ id: 'UpdatedBy' });
