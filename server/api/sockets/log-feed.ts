import type { LogRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { one, rows } from '#server/db/script.ts';
import { readLastLogNumber, readLogsAfterNumber } from '#server/db/sql/read-logs-after.ts';
import { RESET_TOPIC } from '#server/events/bus.ts';
import { Feed, type FeedItem } from '#server/events/feed.ts';

import { logToStream } from '../wire/log.ts';

/** A stored log line, with its form on the wire. */
export interface StoredLog extends FeedItem {
  readonly line: LogRow;
}

const toStored = (line: LogRow): StoredLog => ({
  seq: line.seq,
  line,
  json: JSON.stringify(logToStream(line)),
});

/** The newest log lines for all who follow them. */
export const createLogFeed = ({ db, bus }: Context): Feed<StoredLog> => {
  const feed = new Feed<StoredLog>({
    latest: async () => {
      const { log } = await db.settled();
      const last = await db.read(() => one(readLastLogNumber(log)));
      return last?.seq ?? 0;
    },
    readAfter: async (after, limit) => {
      const { log: upTo } = await db.settled();
      const found = await db.read(() => rows(readLogsAfterNumber(after, upTo, limit)));
      return found.map(toStored);
    },
  });
  bus.subscribe(RESET_TOPIC, () => feed.forget());
  return feed;
};
