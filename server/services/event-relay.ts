import type { Context } from '#server/context.ts';
import { one, rows } from '#server/db/script.ts';
import { readLastNumbers, readNewChanges, readNewLogs } from '#server/db/sql/read-new-rows.ts';
import type { Signal } from '#server/events/bus.ts';

import type { Service, ServiceReport } from './service.ts';

const MAX_ROWS = 2000;

/**
 * Publishes what is in the journal and was not heard of: changes that another process made, or that were committed
 * when their server died before it could say so. Listeners read by cursor, so hearing of a change twice does no harm.
 */
export const createEventRelay = (): Service => {
  let seen: { change: number; log: number; event: number } | null = null;

  const relay = async (ctx: Context): Promise<ServiceReport> => {
    const settled = await ctx.db.settled();
    const last = await ctx.db.read(() =>
      one(readLastNumbers(settled.change, settled.log, settled.event)),
    );
    if (last === null) return { changes: 0, logs: 0 };
    // What happened before this process started concerns none of its listeners.
    seen ??= { ...last };
    const { change, log } = seen;
    const changes =
      last.change > change
        ? await ctx.db.read(() => rows(readNewChanges(change, last.change, MAX_ROWS)))
        : [];
    const logs =
      last.log > log ? await ctx.db.read(() => rows(readNewLogs(log, last.log, MAX_ROWS))) : [];
    const signals: Signal[] = changes.flatMap(({ topic, entityId, flowRunId }) => [
      { topic, key: entityId },
      ...(flowRunId === null || flowRunId === entityId ? [] : [{ topic, key: flowRunId }]),
    ]);
    for (const { flowRunId } of logs) signals.push({ topic: 'log', key: flowRunId ?? '' });
    if (last.event > seen.event) signals.push({ topic: 'event', key: '*' });
    seen = {
      change: changes.at(-1)?.seq ?? change,
      log: Math.max(log, ...logs.map(({ seq }) => seq)),
      event: last.event,
    };
    ctx.bus.wake(signals);
    return { changes: changes.length, logs: logs.length };
  };

  return {
    name: 'event-relay',
    scope: 'process',
    // On PostgreSQL it also tells of rows that could still be overtaken when they were announced.
    everySeconds: ({ database }) => (database.target.kind === 'postgresql' ? 0.2 : 1),
    isEnabled: () => true,
    runOnce: relay,
  };
};
