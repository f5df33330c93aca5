import { z } from 'zod';

import { id, instant, integer, labelValue, nullable } from './parts.ts';

export const flowAnswer = z
  .object({
    id,
    created: instant.nullable(),
    updated: instant.nullable(),
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
    count: integer,
    limit: integer,
    pages: integer,
    page: integer,
  })
  .meta({ id: 'FlowPaginationResponse' });
