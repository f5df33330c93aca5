import { sql } from 'kysely';

import type { FlowRunRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';

import { readRows } from '../select.ts';

export type NextRun = Pick<
  FlowRunRow,
  'id' | 'flowId' | 'name' | 'stateName' | 'stateType' | 'nextScheduledStartTime'
>;

/** The next scheduled run of each flow; flows without one are missing. */
export const readNextRunsByFlow = async (
  ctx: Context,
  flowIds: readonly string[],
): Promise<ReadonlyMap<string, NextRun>> => {
  if (flowIds.length === 0) return new Map();
  const ranked = ctx.db.builder
    .selectFrom('flowRun')
    .select([
      'flowRun.id',
      'flowRun.flowId',
      'flowRun.name',
      'flowRun.stateName',
      'flowRun.stateType',
      'flowRun.nextScheduledStartTime',
      sql<number>`row_number() OVER (PARTITION BY ${sql.ref('flowRun.flowId')}
        ORDER BY ${sql.ref('flowRun.nextScheduledStartTime')}, ${sql.ref('flowRun.id')})`.as(
        'rank',
      ),
    ])
    .where('flowRun.flowId', 'in', [...flowIds])
    .where('flowRun.stateType', '=', 'SCHEDULED')
    .where('flowRun.nextScheduledStartTime', 'is not', null);
  const found = await readRows(
    ctx,
    ctx.db.builder
      .selectFrom(ranked.as('ranked'))
      .select([
        'ranked.id',
        'ranked.flowId',
        'ranked.name',
        'ranked.stateName',
        'ranked.stateType',
        'ranked.nextScheduledStartTime',
      ])
      .where('ranked.rank', '=', 1),
  );
  return new Map(found.map((run) => [run.flowId, run]));
};
