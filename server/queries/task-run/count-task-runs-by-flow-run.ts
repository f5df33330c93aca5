import type { Context } from '#server/context.ts';

import { readRows } from '../select.ts';

/** How many task runs each flow run has, those that stand for a subflow left out; runs without any are missing. */
export const countTaskRunsByFlowRun = async (
  ctx: Context,
  flowRunIds: readonly string[],
): Promise<ReadonlyMap<string, number>> => {
  if (flowRunIds.length === 0) return new Map();
  const found = await readRows(
    ctx,
    ctx.db.builder
      .selectFrom('taskRun')
      .select((eb) => ['taskRun.flowRunId', eb.fn.countAll<number>().as('count')])
      .where('taskRun.flowRunId', 'in', [...flowRunIds])
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('flowRun')
              .select('flowRun.id')
              .whereRef('flowRun.parentTaskRunId', '=', 'taskRun.id'),
          ),
        ),
      )
      .groupBy('taskRun.flowRunId'),
  );
  return new Map(found.map((row) => [row.flowRunId ?? '', row.count]));
};
