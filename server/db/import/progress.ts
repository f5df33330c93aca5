import { newId } from '#server/ids.ts';
import { nowMicros } from '#server/time.ts';

/** How far an import has come is kept in the table of settings, one row for each source and table. */
export const readProgress = {
  sqlite: `SELECT value ->> '$.after' AS value FROM configuration WHERE key = ?`,
  postgresql: `SELECT value ->> 'after' AS value FROM configuration WHERE key = $1`,
};

export const saveProgress = {
  sqlite: `INSERT INTO configuration (id, created, updated, key, value) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET updated = excluded.updated, value = excluded.value`,
  postgresql: `INSERT INTO configuration (id, created, updated, key, value) VALUES ($1, $2, $3, $4, CAST($5 AS JSONB))
    ON CONFLICT (key) DO UPDATE SET updated = excluded.updated, value = excluded.value`,
  parameters: (key: string, after: string): (string | number)[] => {
    const now = nowMicros();
    return [newId(), now, now, key, JSON.stringify({ after })];
  },
};
