import type { Context } from '#server/context.ts';
import { type Script, one, rows, run } from '#server/db/script.ts';
import {
  addSums,
  deleteRollupRows,
  findScatteredSpans,
  lastRollupRow,
  replaceBySums,
} from '#server/db/sql/run-rollup.ts';
import { json } from '#server/json.ts';

import type { Service } from './service.ts';

/** Spans of one transaction: small enough that nobody waits for it. */
const BATCH = 50;

function* gather(ctx: Context): Script<number> {
  const scattered = yield* rows(findScatteredSpans(BATCH));
  if (scattered.length === 0) return 0;
  const buckets = json(scattered.map(({ bucket }) => bucket));
  if (ctx.db.dialect.hasConcurrentWriters) {
    yield* run(replaceBySums(buckets));
    return scattered.length;
  }
  const last = yield* one(lastRollupRow());
  yield* run(addSums(buckets));
  yield* run(deleteRollupRows(buckets, last?.seq ?? 0));
  return scattered.length;
}

/** Adds up what writes have noted of the counts of runs, so that the notes do not outgrow the runs. */
export const rollupGatherer: Service = {
  name: 'rollup-gatherer',
  scope: 'leader',
  everySeconds: () => 10,
  isEnabled: () => true,
  runOnce: async (ctx) => {
    let spans = 0;
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- one transaction after the other, so that others get their turn
      const gathered = await ctx.db.write(() => gather(ctx));
      spans += gathered;
      if (gathered < BATCH) return { spans };
    }
  },
};
