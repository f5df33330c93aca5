import { sql } from 'kysely';

import type { LogFilter } from '#server/queries/filter-types.ts';
import { readRows } from '#server/queries/select.ts';
import { whereLog } from '#server/queries/where.ts';

import type { ListSource } from '../shared/list-source.ts';
import { type LogShape, asLog } from './object.ts';

const seq = sql.ref('log.seq');

export const LOGS: ListSource<LogFilter, LogShape> = {
  typeName: 'Log',
  table: 'log',
  where: whereLog,
  columns: {
    SEQUENCE: { by: seq, isNullable: false },
    TIMESTAMP: { by: sql.ref('log.timestamp'), isNullable: false },
  },
  defaultOrder: [{ field: 'TIMESTAMP', direction: 'ASC' }],
  id: seq,
  hydrate: async (ctx, ids) => {
    const rows = await readRows(
      ctx,
      ctx.db.builder.selectFrom('log').selectAll().where('seq', 'in', ids.map(Number)),
    );
    return new Map(rows.map((row) => [String(row.seq), asLog(row)]));
  },
};
