import { deleteArtifact } from '#server/commands/artifact/artifact-commands.ts';
import { deleteFlowRunLogs } from '#server/commands/flow-run/delete-flow-run.ts';
import type { Context } from '#server/context.ts';
import { one, rows } from '#server/db/script.ts';
import {
  type FlowRunIdsAfter,
  listFlowRunsWithArtifacts,
  listFlowRunsWithLogs,
  readArtifactsOfFlowRun,
} from '#server/db/sql/delete-old-rows.ts';
import { findFlowRun } from '#server/db/sql/flow-run-parts.ts';
import { isServerError } from '#server/errors.ts';

const ARTIFACTS = 100;

const remove = async (ctx: Context, id: string): Promise<number> => {
  try {
    await deleteArtifact(ctx, id);
    return 1;
  } catch (error) {
    // Somebody else removed it.
    if (isServerError(error, 'NOT_FOUND')) return 0;
    throw error;
  }
};

/** Removes the artifacts of a flow run, each of which gives way to the one before it under its key. */
export const removeArtifactsOfFlowRun = async (
  ctx: Context,
  flowRunId: string,
): Promise<number> => {
  let removed = 0;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- a batch follows the one before
    const found = await ctx.db.read(() => rows(readArtifactsOfFlowRun(flowRunId, ARTIFACTS)));
    // oxlint-disable-next-line no-await-in-loop -- two of one key would wait for each other
    for (const { id } of found) removed += await remove(ctx, id);
    if (found.length < ARTIFACTS) return removed;
  }
};

/** The flow runs that are named and gone. Steps from name to name, so it costs what there are runs, not rows. */
async function* goneFlowRuns(ctx: Context, list: FlowRunIdsAfter): AsyncGenerator<string> {
  const { batchSize } = ctx.settings.services.vacuum;
  let after = '';
  for (;;) {
    const query = list(after, batchSize);
    // oxlint-disable-next-line no-await-in-loop -- each batch begins where the last one ended
    const named = await ctx.db.read(() => rows(query));
    for (const { id } of named) {
      // oxlint-disable-next-line no-await-in-loop -- as above
      if ((await ctx.db.read(() => one(findFlowRun(id)))) === null) yield id;
    }
    after = named.at(-1)?.id ?? '';
    if (named.length < batchSize) return;
  }
}

/** Removes the logs and artifacts of flow runs that are gone; gives of how many runs, and how many artifacts. */
export const removeOrphans = async (
  ctx: Context,
): Promise<{ readonly runsWithLogs: number; readonly artifacts: number }> => {
  let runsWithLogs = 0;
  let artifacts = 0;
  for await (const id of goneFlowRuns(ctx, listFlowRunsWithLogs)) {
    await deleteFlowRunLogs(ctx, id);
    runsWithLogs += 1;
  }
  for await (const id of goneFlowRuns(ctx, listFlowRunsWithArtifacts)) {
    artifacts += await removeArtifactsOfFlowRun(ctx, id);
  }
  return { runsWithLogs, artifacts };
};
