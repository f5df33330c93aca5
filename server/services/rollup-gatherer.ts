import type { Context } from '#server/context.ts';
import { type Script, one, run } from '#server/db/script.ts';
import {
  addSums,
  deleteRollupRows,
  findScatteredSpans,
  lastRollupRow,
  replaceBySums,
} from '#server/db/sql/run-rollup.ts';
import { json } from '#server/json.ts';

import type { Service, ServiceReport } from './service.ts';

/** Spans of one tick; what is more waits for the next. */
const MOST = 20_000;
/** Spans of one transaction: small enough that nobody waits for it. */
const BATCH = 20;

function* gather(ctx: Context, spans: readonly number[]): Script<void> {
  const buckets = json(spans);
  if (ctx.db.dialect.hasConcurrentWriters) {
    yield* run(replaceBySums(buckets));
    return;
  }
  const last = yield* one(lastRollupRow());
  yield* run(addSums(buckets));
  yield* run(deleteRollupRows(buckets, last?.seq ?? 0));
}

/**
 * Adds up what writes have noted of the counts of runs, so that the notes do not outgrow the runs. It remembers how far
 * it has come: where nothing was noted since, it looks at nothing.
 */
export const createRollupGatherer = (): Service => {
  let seen = 0;

  const gatherNew = async (ctx: Context): Promise<ServiceReport> => {
    const last = await ctx.db.read(() => one(lastRollupRow()));
    const seq = last?.seq ?? 0;
    // Emptied tables of SQLite begin anew with their numbers.
    if (seq < seen) seen = 0;
    if (seq === seen) return { spans: 0 };
    const scattered = await ctx.db.readAside(findScatteredSpans(seen, MOST));
    const spans = scattered.map(({ bucket }) => bucket);
    for (let at = 0; at < spans.length; at += BATCH) {
      // oxlint-disable-next-line no-await-in-loop -- one transaction after the other, so that others get their turn
      await ctx.db.write(() => gather(ctx, spans.slice(at, at + BATCH)));
    }
    if (spans.length < MOST) seen = seq;
    return { spans: spans.length };
  };

  return {
    name: 'rollup-gatherer',
    scope: 'leader',
    everySeconds: () => 10,
    isEnabled: () => true,
    runOnce: gatherNew,
  };
};
