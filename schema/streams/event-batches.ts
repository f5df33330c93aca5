import type { EventRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { readEventTail, readEventsAfter } from '#server/queries/event/follow-events.ts';
import type { EventQuery } from '#server/queries/event/where-event.ts';
import { readEnds } from '#server/queries/journal/read-changes.ts';

import { parseJournalCursor, requireKept } from './journal-cursor.ts';
import { type Pull, createStream } from './stream.ts';
import { listen } from './wake.ts';

const MAX_EVENTS = 500;

export interface EventBatch {
  readonly cursor: string;
  readonly events: readonly EventRow[];
  readonly hasMore: boolean;
  readonly live: boolean;
}

interface Followed {
  readonly query: EventQuery;
  readonly after: string | null;
  readonly backfill: 'NONE' | 'TAIL' | 'ALL';
  readonly tail: number;
}

interface Ends {
  readonly firstEvent: number;
  readonly lastEvent: number;
}

const startOf = ({ after, backfill }: Followed, { firstEvent, lastEvent }: Ends): number => {
  if (after === null) return backfill === 'ALL' ? Math.max(0, firstEvent - 1) : lastEvent;
  const cursor = parseJournalCursor(after);
  requireKept(cursor, firstEvent);
  return cursor;
};

/**
 * Events in batches in the order in which they were stored: what was there as far as it is wanted, then what comes.
 * Throws CURSOR_INVALID and CURSOR_EXPIRED.
 */
export const followEvents = async (
  ctx: Context,
  followed: Followed,
): Promise<AsyncIterableIterator<EventBatch>> => {
  const { query, after, backfill, tail } = followed;
  const wake = listen(ctx, ['event'], () => true);
  try {
    let cursor = startOf(followed, await readEnds(ctx));
    let isTailDue = after === null && backfill === 'TAIL';
    let isFirst = true;
    return createStream(wake, async (): Promise<Pull<EventBatch>> => {
      if (isTailDue) {
        isTailDue = false;
        isFirst = false;
        const events = await readEventTail(ctx, { query, upTo: cursor, limit: tail });
        return {
          items: [{ cursor: String(cursor), events, hasMore: false, live: true }],
          hasMore: true,
        };
      }
      const found = await readEventsAfter(ctx, { query, after: cursor, limit: MAX_EVENTS });
      cursor = found.reached;
      const { events, hasMore } = found;
      // One batch without events tells that the stream has caught up.
      const isTold = events.length > 0 || (isFirst && !hasMore);
      if (isTold) isFirst = false;
      return {
        items: isTold ? [{ cursor: String(cursor), events, hasMore, live: !hasMore }] : [],
        hasMore,
      };
    });
  } catch (error) {
    wake.close();
    throw error;
  }
};
