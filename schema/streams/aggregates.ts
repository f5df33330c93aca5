import type { Context } from '#server/context.ts';

import { createStream } from './stream.ts';
import { listen } from './wake.ts';

/** A stream that says "compute it anew" at once and then after changes, never more often than the period. */
export const followAggregate = (
  ctx: Context,
  everySeconds: number,
): AsyncIterableIterator<true> => {
  const wake = listen(ctx, ['flow-run'], () => true);
  const everyMillis = Math.max(1, everySeconds) * 1000;
  let lastMillis = Number.NEGATIVE_INFINITY;
  return createStream(wake, async () => {
    const early = lastMillis + everyMillis - performance.now();
    if (early > 0) await wake.rest(early);
    lastMillis = performance.now();
    return { items: [true], hasMore: false };
  });
};
