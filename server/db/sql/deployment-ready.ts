import type { DeploymentRow } from '#prisma/tables.ts';
import { type SqlValue, statement } from '#server/db/statement.ts';

import { withLists } from './json-list.ts';

const polled = (list: string): string =>
  `SELECT * FROM deployment WHERE (id IN ${list} OR work_queue_id IN ${list})
   AND (status <> 'READY' OR last_polled IS NULL OR last_polled < CAST(? AS BIGINT)) ORDER BY id`;

type Polled = [ids: SqlValue, workQueueIds: SqlValue, since: number];

/** Deployments of a JSON list of ids, or in a JSON list of queues, that are not noted as polled since an instant. */
export const findPolledDeployments = statement<Polled, DeploymentRow>(withLists(polled));

/** The same, kept for this transaction. */
export const lockPolledDeployments = statement<Polled, DeploymentRow>(
  withLists((list) => `${polled(list)} FOR UPDATE`),
);

/** Notes a poll; `updated` stays, because a changed deployment is planned anew. */
export const markDeploymentsPolled = statement<[now: number, ids: SqlValue]>(
  withLists(
    (list) => `UPDATE deployment SET status = 'READY', last_polled = ? WHERE id IN ${list}`,
  ),
);
