import type { DeploymentRow } from '#prisma/tables.ts';
import { type SqlValue, statement } from '#server/db/statement.ts';

const inList = (dialect: 'sqlite' | 'postgresql'): string =>
  dialect === 'sqlite'
    ? '(SELECT value FROM json_each(?))'
    : '(SELECT jsonb_array_elements_text(CAST(? AS JSONB)))';

const both = (write: (list: string) => string) => ({
  sqlite: write(inList('sqlite')),
  postgresql: write(inList('postgresql')),
});

/** Deployments of a JSON list of ids, or in a JSON list of queues, that are not noted as polled since an instant. */
export const lockPolledDeployments = statement<
  [ids: SqlValue, workQueueIds: SqlValue, since: number],
  DeploymentRow
>(
  both(
    (list) =>
      `SELECT * FROM deployment WHERE (id IN ${list} OR work_queue_id IN ${list})
       AND (status <> 'READY' OR last_polled IS NULL OR last_polled < CAST(? AS BIGINT))
       ORDER BY id FOR UPDATE`,
  ),
);

/** Notes a poll; `updated` stays, because a changed deployment is planned anew. */
export const markDeploymentsPolled = statement<[now: number, ids: SqlValue]>(
  both((list) => `UPDATE deployment SET status = 'READY', last_polled = ? WHERE id IN ${list}`),
);
