import type { Context } from '#server/context.ts';

import { type LogCriteria, logStreamFilter } from '../wire/filters/log-filter.ts';
import { Broadcast, type Wanted } from './broadcast.ts';
import type { Endpoint } from './conversation.ts';
import { readFilterFrame } from './filter-frame.ts';
import { Follower } from './follower.ts';
import { type StoredLog, createLogFeed } from './log-feed.ts';
import { createOutlet } from './outlet.ts';

const isBetween = (value: number, from: number | undefined, to: number | undefined): boolean =>
  (from === undefined || value >= from) && (to === undefined || value <= to);

const isAmong = (id: string | null, ids: readonly string[] | undefined): boolean =>
  ids === undefined || (id !== null && ids.includes(id));

const matchesLog = ({ level, flowRunId, taskRunId }: LogCriteria, { line }: StoredLog): boolean =>
  isBetween(line.level, level?.atLeast, level?.atMost) &&
  isAmong(line.flowRunId, flowRunId?.in) &&
  isAmong(line.taskRunId, taskRunId?.in) &&
  (taskRunId?.isNull === undefined || taskRunId.isNull === (line.taskRunId === null));

const wantedBy = ({ timestamp, ...criteria }: LogCriteria): Wanted<StoredLog> => ({
  key: JSON.stringify(criteria),
  matches: (log) => matchesLog(criteria, log),
  isWithin: ({ line }) => isBetween(line.timestamp, timestamp?.after, timestamp?.before),
});

/** Sends log lines as they are stored; without both settings it only listens. */
export const logsOut = (ctx: Context): Endpoint => {
  const { streamOutEnabled, streamPublishingEnabled } = ctx.settings.logs;
  const broadcast = new Broadcast(ctx, { feed: createLogFeed(ctx), topic: 'log' });

  return (_ctx, socket, transport) => {
    let isAsked = false;
    const follow = async (criteria: LogCriteria): Promise<void> => {
      const outlet = createOutlet(socket, transport);
      const follower = new Follower(broadcast, { outlet, wanted: wantedBy(criteria) });
      socket.on('close', () => follower.end());
      follower.cursor = await broadcast.feed.latest();
      follower.begin(report);
    };
    const report = (error: unknown): void => {
      ctx.log.error({ err: error }, 'Log lines could not be sent.');
      socket.terminate();
    };
    return {
      receive: (text) => {
        // What comes after the filter is ignored, as the real server does.
        if (isAsked) return;
        isAsked = true;
        const request = readFilterFrame(socket, text, logStreamFilter);
        if (request === null || !streamOutEnabled || !streamPublishingEnabled) return;
        follow(request.filter).catch(report);
      },
      settled: () => Promise.resolve(),
    };
  };
};
