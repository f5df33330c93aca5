import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import { type FoundPause, readPausesWithEnd } from '#server/db/sql/read-stuck-flow-runs.ts';
import { failed } from '#server/orchestration/proposals.ts';
import { nowMicros, parseInstant } from '#server/time.ts';

import { leaveFoundState } from './leave-found-state.ts';

const PAGE = 200;
const MESSAGE = 'The flow was paused and never resumed.';

const isOver = ({ pauseTimeout }: FoundPause): boolean => {
  const end = parseInstant(pauseTimeout);
  return end !== null && end <= nowMicros();
};

/** Fails the runs whose pause has lasted for as long as it may, and gives how many. */
export const expirePauses = async (ctx: Context): Promise<number> => {
  const proposed = failed(MESSAGE);
  const expire = (found: FoundPause): Promise<boolean> =>
    ctx.db.write(() => leaveFoundState(ctx, { found, proposed, policy: 'minimal' }));
  let after = '';
  let expired = 0;
  for (;;) {
    const query = readPausesWithEnd(after, PAGE);
    // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
    const found = await ctx.db.read(() => rows(query));
    // oxlint-disable-next-line no-await-in-loop -- as above
    const ended = await Promise.all(found.filter(isOver).map(expire));
    expired += ended.filter(Boolean).length;
    after = found.at(-1)?.id ?? '';
    if (found.length < PAGE) return expired;
  }
};
