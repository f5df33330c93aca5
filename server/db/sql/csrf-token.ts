import type { CsrfTokenRow } from '#prisma/tables.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

export const readCsrfToken = statement<[client: string], CsrfTokenRow>(
  'SELECT * FROM csrf_token WHERE client = ?',
);

export const upsertCsrfToken = statement<
  [id: string, created: Micros, updated: Micros, token: string, client: string, expiration: Micros],
  CsrfTokenRow
>(`INSERT INTO csrf_token (id, created, updated, token, client, expiration) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (client) DO UPDATE
  SET token = excluded.token, expiration = excluded.expiration, updated = excluded.updated
  RETURNING *`);

export const deleteExpiredCsrfTokens = statement<[now: Micros]>(
  'DELETE FROM csrf_token WHERE expiration < ?',
);
