import { z } from 'zod';

import { instant } from './parts.ts';

export const taskWorkerAnswer = z
  .object({ identifier: z.string(), task_keys: z.array(z.string()), timestamp: instant })
  .meta({ id: 'TaskWorkerResponse' });
