import type { Context } from '#server/context.ts';
import {
  type FoundFlowRun,
  findHeartbeatSince,
  readSilentFlowRuns,
} from '#server/db/sql/read-stuck-flow-runs.ts';
import { crashed } from '#server/orchestration/proposals.ts';
import { addSeconds, nowMicros } from '#server/time.ts';

import { leaveFoundState } from './leave-found-state.ts';

const BATCH = 200;

/**
 * Crashes the running flow runs that have shown signs of life and then none for so many seconds, and gives how many.
 * Runs whose client sends none are left alone.
 */
export const crashSilentFlowRuns = async (
  ctx: Context,
  { afterSeconds }: { readonly afterSeconds: number },
): Promise<number> => {
  const since = addSeconds(nowMicros(), -afterSeconds);
  const proposed = crashed(
    `No heartbeat of this flow run arrived for ${afterSeconds} seconds, so its process is taken for dead.`,
  );
  const crash = (found: FoundFlowRun): Promise<boolean> => {
    const unless = findHeartbeatSince(found.id, since);
    return ctx.db.write(() => leaveFoundState(ctx, { found, proposed, policy: 'core', unless }));
  };
  const silent = await ctx.db.readAside(readSilentFlowRuns(since, since, since, BATCH));
  const ended = await Promise.all(silent.map(crash));
  return ended.filter(Boolean).length;
};
