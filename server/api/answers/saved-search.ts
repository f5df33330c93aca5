import { z } from 'zod';

import { anyValue, storedShape } from './parts.ts';

const savedSearchFilterAnswer = z
  .object({
    object: z.string(),
    property: z.string(),
    type: z.string(),
    operation: z.string(),
    value: anyValue,
  })
  .meta({ id: 'SavedSearchFilter' });

export const savedSearchAnswer = z
  .object({
    ...storedShape,
    name: z.string(),
    filters: z.array(savedSearchFilterAnswer).optional(),
  })
  .meta({ id: 'SavedSearch' });
