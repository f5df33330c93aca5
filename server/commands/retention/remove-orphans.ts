import { deleteArtifact } from '#server/commands/artifact/artifact-commands.ts';
import { deleteFlowRunLogs } from '#server/commands/flow-run/delete-flow-run.ts';
import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import {
  type NamedFlowRunsAfter,
  listFlowRunsWithArtifacts,
  listFlowRunsWithLogs,
  readArtifactsOfFlowRun,
} from '#server/db/sql/delete-old-rows.ts';
import { isServerError } from '#server/errors.ts';

const ARTIFACTS = 100;
/** Named flow runs that one query looks at. */
const LOOKS = 5000;

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
async function* goneFlowRuns(ctx: Context, list: NamedFlowRunsAfter): AsyncGenerator<string> {
  let after = '';
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- each piece begins where the last one ended
    const named = await ctx.db.readAside(list(after, LOOKS));
    for (const { id, present } of named) if (present === null) yield id;
    const last = named.at(-1);
    if (last === undefined) return;
    after = last.id;
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
