import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';

import { socketClient } from '#lib/graphql/live-connection.svelte.ts';
import { base } from '#lib/shell/base.ts';

const embedded = () => null;

/** Types without an identity of their own: they live inside their parent. */
const keys = Object.fromEntries(
  [
    'Actor',
    'CronSchedule',
    'FlowRunChange',
    'FlowRunStateChange',
    'HistoryBucket',
    'HistoryState',
    'IntervalSchedule',
    'LogBatch',
    'RRuleSchedule',
    'RunAggregate',
    'RunPolicy',
    'StateCount',
    'StateDetails',
    'TaskRunChange',
    'WorkQueueHealth',
  ].map((typename) => [typename, embedded]),
);

/** The only way out of the dashboard: one cache, one endpoint, one socket. */
export const client = new Client({
  url: `${base}/graphql`,
  preferGetMethod: false,
  exchanges: [
    cacheExchange({ keys }),
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query, variables }) => ({
        subscribe: (sink) => ({
          unsubscribe: socketClient.subscribe(
            { query: query ?? '', ...(variables !== undefined && { variables }) },
            {
              next: ({ data, errors }) =>
                sink.next({ data: data ?? null, ...(errors !== undefined && { errors }) }),
              error: (reason) => sink.error(reason),
              complete: () => sink.complete(),
            },
          ),
        }),
      }),
    }),
  ],
});
