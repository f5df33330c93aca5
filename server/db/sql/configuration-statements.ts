import type { ConfigurationRow } from '#prisma/tables.ts';
import type { JsonText } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

type NewConfiguration = [
  id: string,
  created: Micros,
  updated: Micros,
  key: string,
  value: JsonText,
];

/** What has a value keeps it: no row comes back then. */
export const insertConfiguration = statement<NewConfiguration, ConfigurationRow>(
  `INSERT INTO configuration (id, created, updated, "key", value) VALUES (?, ?, ?, ?, ?)
   ON CONFLICT ("key") DO NOTHING RETURNING *`,
);

export const putConfiguration = statement<NewConfiguration>(
  `INSERT INTO configuration (id, created, updated, "key", value) VALUES (?, ?, ?, ?, ?)
   ON CONFLICT ("key") DO UPDATE SET value = excluded.value, updated = excluded.updated`,
);

export const deleteConfiguration = statement<[key: string]>(
  'DELETE FROM configuration WHERE "key" = ?',
);
