import { z } from 'zod';

import { id, instant, integer, nullable } from './parts.ts';

export const logAnswer = z
  .object({
    id,
    created: instant.nullable(),
    updated: instant.nullable(),
    name: z.string(),
    level: integer,
    message: z.string(),
    timestamp: instant,
    flow_run_id: nullable(id),
    task_run_id: nullable(id),
  })
  .meta({ id: 'Log' });
