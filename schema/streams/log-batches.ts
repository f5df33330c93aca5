import type { LogRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import type { LogFilter } from '#server/queries/filter-types.ts';
import { readEnds } from '#server/queries/journal/read-changes.ts';
import { readLogTail, readLogsAfter } from '#server/queries/log/follow-logs.ts';

import { parseJournalCursor } from './journal-cursor.ts';
import { type Pull, createStream } from './stream.ts';
import { listen } from './wake.ts';

const MAX_LINES = 500;

export interface LogBatch {
  readonly cursor: string;
  readonly logs: readonly LogRow[];
  readonly hasMore: boolean;
  readonly live: boolean;
}

interface Followed {
  readonly filter: LogFilter;
  readonly after: string | null;
  readonly backfill: 'NONE' | 'TAIL' | 'ALL';
  readonly tail: number;
}

const startOf = ({ after, backfill }: Followed, last: number): number => {
  if (after !== null) return parseJournalCursor(after);
  return backfill === 'ALL' ? 0 : last;
};

/** Log lines in batches: what was there as far as it is wanted, then what comes. Throws CURSOR_INVALID. */
export const followLogs = async (
  ctx: Context,
  followed: Followed,
): Promise<AsyncIterableIterator<LogBatch>> => {
  const { filter, after, backfill, tail } = followed;
  const runs = filter.flowRunId?.in;
  const wake = listen(ctx, ['log'], ({ key }) => runs === undefined || runs.includes(key));
  try {
    const { lastLog } = await readEnds(ctx);
    let cursor = startOf(followed, lastLog);
    let isTailDue = after === null && backfill === 'TAIL';
    let isFirst = true;
    // Lines of the tail that may still be overtaken lie past the cursor; they are not told again.
    let told = new Set<number>();
    return createStream(wake, async (): Promise<Pull<LogBatch>> => {
      if (isTailDue) {
        isTailDue = false;
        isFirst = false;
        const logs = await readLogTail(ctx, { filter, limit: tail });
        told = new Set(logs.map(({ seq }) => seq).filter((seq) => seq > cursor));
        return {
          items: [{ cursor: String(cursor), logs, hasMore: false, live: true }],
          hasMore: true,
        };
      }
      const found = await readLogsAfter(ctx, { filter, after: cursor, limit: MAX_LINES });
      cursor = found.at(-1)?.seq ?? cursor;
      const hasMore = found.length === MAX_LINES;
      const logs = found.filter(({ seq }) => !told.delete(seq));
      // The first batch comes even when it is empty: it tells that the stream has caught up.
      const items =
        logs.length > 0 || isFirst
          ? [{ cursor: String(cursor), logs, hasMore, live: !hasMore }]
          : [];
      isFirst = false;
      return { items, hasMore };
    });
  } catch (error) {
    wake.close();
    throw error;
  }
};
