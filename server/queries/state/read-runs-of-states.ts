import type { Context } from '#server/context.ts';

import { readRows } from '../select.ts';

/** The ids of the runs that entered the states with the ids, under the ids of the states. */
export const readRunsOfStates = async (
  ctx: Context,
  kind: 'flowRun' | 'taskRun',
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const found =
    kind === 'flowRun'
      ? await readRows(
          ctx,
          ctx.db.builder
            .selectFrom('flowRunState')
            .select(['id', 'flowRunId as runId'])
            .where('id', 'in', [...ids]),
        )
      : await readRows(
          ctx,
          ctx.db.builder
            .selectFrom('taskRunState')
            .select(['id', 'taskRunId as runId'])
            .where('id', 'in', [...ids]),
        );
  return new Map(found.map(({ id, runId }) => [id, runId]));
};
