import type { VariableRow } from '#prisma/tables.ts';
import type { JsonText } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

export const lockVariable = statement<[id: string], VariableRow>(
  'SELECT * FROM variable WHERE id = ? FOR UPDATE',
);

export const lockVariableByName = statement<[name: string], VariableRow>(
  'SELECT * FROM variable WHERE name = ? FOR UPDATE',
);

/** No row comes back when the name is taken. */
export const insertVariable = statement<
  [id: string, created: Micros, updated: Micros, name: string, value: JsonText, tags: JsonText],
  VariableRow
>(
  `INSERT INTO variable (id, created, updated, name, value, tags) VALUES (?, ?, ?, ?, ?, ?)
   ON CONFLICT (name) DO NOTHING RETURNING *`,
);

export const updateVariableRow = statement<
  [name: string, value: JsonText, tags: JsonText, updated: Micros, id: string]
>('UPDATE variable SET name = ?, value = ?, tags = ?, updated = ? WHERE id = ?');

export const deleteVariableRow = statement<[id: string]>('DELETE FROM variable WHERE id = ?');
