import type { Context } from '#server/context.ts';
import { type RunSelection, runHistory } from '#server/queries/run-history.ts';
import type { Micros } from '#server/time.ts';

import { type Reply, answer, refusal } from './reply.ts';
import { historyToWire } from './wire/history.ts';

interface HistoryRequest {
  readonly history_start: Micros;
  readonly history_end: Micros;
  readonly history_interval_seconds: number;
}

/** Answers how many of the runs were in which state over a span, in steps of at least a second. */
export const answerHistory = async (
  ctx: Context,
  runs: RunSelection,
  { history_start, history_end, history_interval_seconds }: HistoryRequest,
): Promise<Reply> => {
  if (history_interval_seconds < 1) {
    return refusal(422, 'History interval must not be less than 1 second.');
  }
  const buckets = await runHistory(ctx, runs, {
    start: history_start,
    end: history_end,
    intervalSeconds: history_interval_seconds,
  });
  return answer(historyToWire(buckets));
};
