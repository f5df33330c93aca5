import type { TaskWorkerRow } from '#prisma/tables.ts';
import type { JsonText } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

/** Notes that a task worker listens, or still does. */
export const upsertTaskWorker = statement<
  [id: string, identifier: string, taskKeys: JsonText, timestamp: Micros, expires: Micros]
>(
  `INSERT INTO task_worker (id, identifier, task_keys, timestamp, expires) VALUES (?, ?, ?, ?, ?)
   ON CONFLICT (id) DO UPDATE SET timestamp = excluded.timestamp, expires = excluded.expires`,
);

export const deleteTaskWorker = statement<[id: string]>('DELETE FROM task_worker WHERE id = ?');

/** Removes the task workers of processes that ended without a word. */
export const deleteExpiredTaskWorkers = statement<[now: Micros]>(
  'DELETE FROM task_worker WHERE expires <= ?',
);

/** The task workers that are there. */
export const readTaskWorkers = statement<[now: Micros], TaskWorkerRow>(
  'SELECT * FROM task_worker WHERE expires > ? ORDER BY identifier, id',
);
