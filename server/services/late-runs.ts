import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import { readOverdueFlowRuns } from '#server/db/sql/read-overdue-flow-runs.ts';
import { isServerError } from '#server/errors.ts';
import { flowRunTransition } from '#server/orchestration/flow-run-transition.ts';
import { scheduled } from '#server/orchestration/proposals.ts';
import { type Micros, addSeconds, nowMicros } from '#server/time.ts';

import type { Service } from './service.ts';

const BATCH = 400;

interface Overdue {
  readonly id: string;
  readonly nextScheduledStartTime: Micros;
}

/** Proposes Late to one run; whether it still is overdue is for its rules to say. */
const markLate = async (ctx: Context, { id, nextScheduledStartTime }: Overdue): Promise<number> => {
  const proposed = scheduled({ at: nextScheduledStartTime }, 'Late');
  try {
    const { status } = await ctx.db.write(() =>
      flowRunTransition(ctx, { flowRunId: id, proposed, policy: 'mark-late' }),
    );
    return status === 'ACCEPT' ? 1 : 0;
  } catch (error) {
    // Deleted since it was read.
    if (isServerError(error, 'NOT_FOUND')) return 0;
    throw error;
  }
};

/** Calls flow runs late that did not start in time. */
export const lateRuns: Service = {
  name: 'late-runs',
  scope: 'leader',
  everySeconds: ({ services }) => services.lateRuns.loopSeconds,
  isEnabled: ({ services }) => services.lateRuns.enabled,
  runOnce: async (ctx) => {
    const before = addSeconds(nowMicros(), -ctx.settings.services.lateRuns.afterSeconds);
    const overdue = await ctx.db.read(() => rows(readOverdueFlowRuns(before, BATCH)));
    const marked = await Promise.all(overdue.map((run) => markLate(ctx, run)));
    return { markedLate: marked.reduce((total, one) => total + one, 0) };
  },
};
