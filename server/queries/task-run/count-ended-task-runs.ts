import { sql } from 'kysely';

import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';
import { type Micros, nowMicros } from '#server/time.ts';

import type { TaskRunFilter } from '../filter-types.ts';
import { readManyRows } from '../select.ts';
import { whereTaskRun } from '../where.ts';

const ENDED_BUCKETS = 20;

export interface EndedTaskRuns {
  readonly completed: number;
  readonly failed: number;
}

const MICROS_PER_MINUTE = 60_000_000;

/** Ended task runs in twenty equal spans from the minute of `after` to the end of the minute of `before`, or of now. */
export const countEndedTaskRuns = async (
  ctx: Context,
  {
    filter,
    after,
    before,
  }: { readonly filter: TaskRunFilter; readonly after: Micros; readonly before: Micros | null },
): Promise<readonly EndedTaskRuns[]> => {
  const start = Math.floor(after / MICROS_PER_MINUTE) * MICROS_PER_MINUTE;
  const lastMinute = Math.floor((before ?? nowMicros()) / MICROS_PER_MINUTE);
  const span = Math.max(
    1,
    Math.ceil(((lastMinute + 1) * MICROS_PER_MINUTE - start) / ENDED_BUCKETS),
  );
  const found = await readManyRows(
    ctx,
    ctx.db.builder
      .selectFrom('taskRun')
      .select((eb) => [
        // The cast is for SQLite, whose driver binds every number as a float.
        sql<number>`CAST((${eb.ref('taskRun.startTime')} - ${start}) / ${sql.lit(span)} AS BIGINT)`.as(
          'bucket',
        ),
        sql<number>`sum(CASE WHEN ${eb.ref('taskRun.stateType')} IN ('FAILED', 'CRASHED') THEN 1 ELSE 0 END)`.as(
          'failed',
        ),
        eb.fn.countAll<number>().as('count'),
      ])
      .where('taskRun.stateType', 'in', ['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED'])
      .where(whereTaskRun(expressionsFor(ctx.db.dialect.name), filter))
      .groupBy(sql`1`),
  );
  const byBucket = new Map(found.map((row) => [row.bucket, row]));
  return Array.from({ length: ENDED_BUCKETS }, (_unused, index) => {
    const row = byBucket.get(index);
    const failed = row?.failed ?? 0;
    return { completed: (row?.count ?? 0) - failed, failed };
  });
};
