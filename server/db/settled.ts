import { type Expression, type SqlBool, sql } from 'kysely';

import type { DialectName } from './dialect.ts';

const SETTLED: Readonly<Record<DialectName, (txid: Expression<unknown>) => Expression<SqlBool>>> = {
  sqlite: () => sql<SqlBool>`TRUE`,
  postgresql: (txid) =>
    sql<SqlBool>`${txid} < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)`,
};

/** The row was written by a transaction that none with a smaller number can follow any more. */
export const isSettled = (dialect: DialectName, txid: Expression<unknown>): Expression<SqlBool> =>
  SETTLED[dialect](txid);
