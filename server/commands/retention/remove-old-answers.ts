import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import { deleteOldAnswers } from '#server/db/sql/kept-answers.ts';
import { nowMicros } from '#server/time.ts';

import { BATCH, untilDone } from './until-done.ts';

/** Forgets the answers that no client will ask for again, and gives how many. */
export const removeOldAnswers = (ctx: Context): Promise<number> => {
  const now = nowMicros();
  return untilDone(ctx, function* () {
    return (yield* rows(deleteOldAnswers(now, BATCH))).length;
  });
};
