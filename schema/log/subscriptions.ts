import { builder } from '../builder.ts';
import { LogFilter } from '../shared/entity-filters.ts';
import { MAX_PAGE } from '../shared/page-arguments.ts';
import { toFilter } from '../shared/to-filter.ts';
import { BACKFILL, Backfill } from '../streams/backfill.ts';
import { AFTER, CURSOR } from '../streams/descriptions.ts';
import { type LogBatch as LogBatchShape, followLogs } from '../streams/log-batches.ts';
import { Log, asLog } from './object.ts';

const MAX_TAIL = 1000;

const LogBatch = builder.objectRef<LogBatchShape>('LogBatch').implement({
  description: 'Log lines that came together.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: CURSOR }),
    logs: t.field({
      type: [Log],
      description: 'The lines.',
      resolve: ({ logs }) => logs.map(asLog),
    }),
    hasMore: t.exposeBoolean('hasMore', {
      description: 'Whether more of the past follows at once.',
    }),
    live: t.exposeBoolean('live', { description: 'Whether the stream has caught up.' }),
  }),
});

builder.subscriptionField('logs', (t) =>
  t.field({
    type: LogBatch,
    description: 'Log lines in the order in which they were taken in, each at least once.',
    args: {
      filter: t.arg({ type: LogFilter, required: true, description: 'Which lines.' }),
      after: t.arg.string({ description: AFTER }),
      backfill: t.arg({ type: Backfill, defaultValue: 'TAIL', description: BACKFILL }),
      tail: t.arg.int({
        defaultValue: MAX_PAGE,
        description: 'How many lines a TAIL has, at most 1000.',
      }),
    },
    subscribe: (_root, { filter, after, backfill, tail }, ctx) =>
      followLogs(ctx.server, {
        filter: toFilter(filter),
        after: after ?? null,
        backfill: backfill ?? 'TAIL',
        tail: Math.min(MAX_TAIL, Math.max(0, tail ?? MAX_PAGE)),
      }),
    resolve: (batch) => batch,
  }),
);
