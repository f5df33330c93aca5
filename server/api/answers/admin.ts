import { z } from 'zod';

import { id, instant, nullable, storedShape } from './parts.ts';

export const csrfTokenAnswer = z
  .object({
    ...storedShape,
    token: z.string(),
    client: z.string(),
    expiration: instant,
  })
  .meta({ id: 'CsrfToken' });

export const serverDefaultResultStorageAnswer = z
  .object({
    default_result_storage_block_id: nullable(id),
  })
  .meta({ id: 'ServerDefaultResultStorage' });
