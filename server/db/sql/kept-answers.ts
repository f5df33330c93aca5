import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

/** Claims a key, unless somebody has it; gives a row when it was free or forgotten. */
export const claimKey = statement<
  [id: string, now: Micros, expires: Micros, fingerprint: string],
  { readonly id: string }
>(
  `INSERT INTO kept_answer (id, created, expires, fingerprint) VALUES (?, ?, ?, ?)
   ON CONFLICT (id) DO UPDATE SET created = excluded.created, expires = excluded.expires,
     fingerprint = excluded.fingerprint, answer = NULL WHERE kept_answer.expires < excluded.created
   RETURNING id`,
);

/** Who has a key: what was asked, and what was answered if that is over. */
export const readKeptAnswer = statement<
  [id: string],
  { readonly fingerprint: string; readonly answer: string | null }
>('SELECT fingerprint, answer FROM kept_answer WHERE id = ?');

/** Keeps the answer of the call that claimed a key at an instant. */
export const keepAnswer = statement<[answer: string, expires: Micros, id: string, claimed: Micros]>(
  'UPDATE kept_answer SET answer = ?, expires = ? WHERE id = ? AND created = ?',
);

/** Gives a key back that was claimed at an instant. */
export const releaseKey = statement<[id: string, claimed: Micros]>(
  'DELETE FROM kept_answer WHERE id = ? AND created = ?',
);

/** Forgets answers that are kept no longer. */
export const deleteOldAnswers = statement<[now: Micros, limit: number], { readonly id: string }>(
  `DELETE FROM kept_answer WHERE id IN (SELECT id FROM kept_answer WHERE expires < ? ORDER BY expires LIMIT ?)
   RETURNING id`,
);
