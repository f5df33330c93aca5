import { sql } from 'kysely';

import { every } from '#server/queries/criteria.ts';
import { type EventQuery, whereQueriedEvent } from '#server/queries/event/where-event.ts';
import { readRows } from '#server/queries/select.ts';

import type { ListSource } from '../shared/list-source.ts';
import { type EventShape, asEvent } from './object.ts';

const seq = sql.ref('event.seq');

export interface QueriedEvents {
  readonly query?: EventQuery;
}

export const EVENTS: ListSource<QueriedEvents, EventShape> = {
  typeName: 'Event',
  table: 'event',
  where: (words, { query }) => (query === undefined ? every([]) : whereQueriedEvent(words, query)),
  columns: { OCCURRED: { by: sql.ref('event.occurred'), isNullable: false } },
  defaultOrder: [{ field: 'OCCURRED', direction: 'DESC' }],
  id: seq,
  hydrate: async (ctx, ids) => {
    const rows = await readRows(
      ctx,
      ctx.db.builder.selectFrom('event').selectAll().where('seq', 'in', ids.map(Number)),
    );
    return new Map(rows.map((row) => [String(row.seq), asEvent(row)]));
  },
};
