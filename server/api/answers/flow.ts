import { z } from 'zod';

import { id, labelValue, nullable, pageShape, storedShape } from './parts.ts';

export const flowAnswer = z
  .object({
    ...storedShape,
    name: z.string().regex(/^[^/%&><]+$/u),
    tags: z.array(z.string()).optional(),
    labels: nullable(z.record(z.string(), labelValue)),
  })
  .meta({ id: 'Flow' });

export const flowBulkDeleteAnswer = z
  .object({
    deleted: z.array(id).optional(),
  })
  .meta({ id: 'FlowBulkDeleteResponse' });

export const flowPaginationAnswer = z
  .object({
    results: z.array(flowAnswer),
    ...pageShape,
  })
  .meta({ id: 'FlowPaginationResponse' });
