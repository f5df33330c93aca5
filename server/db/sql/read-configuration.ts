import type { ConfigurationRow } from '#prisma/tables.ts';

import { statement } from '../statement.ts';

export const readConfiguration = statement<[key: string], ConfigurationRow>(
  'SELECT * FROM configuration WHERE "key" = ?',
);
