import { z } from 'zod';

import { id, instant, integer, nullable, storedShape } from './parts.ts';

export const logAnswer = z
  .object({
    ...storedShape,
    name: z.string(),
    level: integer,
    message: z.string(),
    timestamp: instant,
    flow_run_id: nullable(id),
    task_run_id: nullable(id),
  })
  .meta({ id: 'Log' });
