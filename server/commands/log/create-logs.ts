import type { Context } from '#server/context.ts';
import { announce } from '#server/db/script.ts';
import { type LogLine, insertLogs } from '#server/db/sql/insert-logs.ts';
import { nowMicros } from '#server/time.ts';

/** Stores log lines in their order and wakes those who follow the log of a flow run, or all logs. */
export const createLogs = (ctx: Context, lines: readonly LogLine[]): Promise<void> => {
  const flowRunIds = new Set(lines.map(({ flowRunId }) => flowRunId));
  return ctx.db.write(function* () {
    yield* insertLogs(ctx.db.dialect, lines, nowMicros());
    for (const id of flowRunIds) yield* announce('log', id ?? '');
  });
};
