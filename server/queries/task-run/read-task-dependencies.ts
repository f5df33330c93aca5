import { sql } from 'kysely';

import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';
import { type JsonObject, isJsonObject } from '#server/json.ts';

import { rowsByKey } from '../block-type/rows-by-key.ts';
import { readKeys } from '../keyset.ts';
import { whereTaskRun } from '../where.ts';

/** A task run with those whose results it was given. */
export interface TaskDependency {
  readonly taskRunId: string;
  readonly upstreamIds: readonly string[];
  /** Whether it returned something whose use cannot be followed. */
  readonly isUntrackable: boolean;
}

const upstreamOf = (taskInputs: JsonObject): readonly string[] => {
  const inputs = Object.values(taskInputs).flatMap((list) => (Array.isArray(list) ? list : []));
  const ids = inputs.flatMap((input) =>
    isJsonObject(input) && input['input_type'] === 'task_run' && typeof input['id'] === 'string'
      ? [input['id']]
      : [],
  );
  return [...new Set(ids)];
};

/** How the task runs of each of the flow runs depend on each other, the newest first, as many as a graph may have. */
export const readTaskDependencies = async (
  ctx: Context,
  flowRunIds: readonly string[],
): Promise<readonly (readonly TaskDependency[])[]> => {
  const words = expressionsFor(ctx.db.dialect.name);
  const pages = await readKeys(
    ctx,
    {
      table: 'taskRun',
      order: [{ by: sql.ref('taskRun.id'), direction: 'desc', isNullable: false }],
      page: {
        limit: ctx.settings.flowRunGraph.maxNodes,
        after: null,
        before: null,
        isBackward: false,
      },
    },
    flowRunIds.map((id) => ({ where: whereTaskRun(words, { flowRunId: { in: [id] } }) })),
  );
  const found = await ctx.db.read(() =>
    rowsByKey(
      pages.flat().map(({ id }) => id),
      (ids) =>
        ctx.db.builder
          .selectFrom('taskRun')
          .leftJoin('taskRunState as state', 'state.id', 'taskRun.stateId')
          .select(['taskRun.id', 'taskRun.taskInputs', 'state.stateDetails'])
          .where('taskRun.id', 'in', ids),
    ),
  );
  const byId = new Map(
    found.map(({ id, taskInputs, stateDetails }): [string, TaskDependency] => [
      id,
      {
        taskRunId: id,
        upstreamIds: upstreamOf(taskInputs),
        isUntrackable: stateDetails?.['untrackable_result'] === true,
      },
    ]),
  );
  return pages.map((keys) =>
    keys.flatMap(({ id }) => {
      const dependency = byId.get(id);
      return dependency === undefined ? [] : [dependency];
    }),
  );
};
