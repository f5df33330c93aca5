import { possibleTypes } from '@prefect-server/client-gen/web/possible-types';
import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';

import { socketClient } from '#lib/graphql/live-connection.svelte.ts';
import { fetchAsUser } from '#lib/session/session.svelte.ts';
import { base } from '#lib/shell/base.ts';

const embedded = () => null;

/** Types without an identity of their own: they live inside their parent. */
const keys = Object.fromEntries(
  [
    'AbortDetails',
    'AcceptDetails',
    'Actor',
    'ConcurrencyWaiter',
    'CronSchedule',
    'FlowRunChange',
    'FlowRunStateChange',
    'HistoryBucket',
    'HistoryState',
    'IntervalSchedule',
    'LogBatch',
    'RRuleSchedule',
    'RejectDetails',
    'RunAggregate',
    'RunPolicy',
    'StateCount',
    'StateDetails',
    'TaskRunChange',
    'WaitDetails',
    'WaitingHolder',
    'WaitingReason',
    'WaitingSubject',
  ].map((typename) => [typename, embedded]),
);

const endpoint = { url: `${base}/graphql`, preferGetMethod: false, fetch: fetchAsUser } as const;

/**
 * For questions that are new with every minute: the cache keeps each answer for as long as the page is open,
 * which an overview that is left open for weeks would feel.
 */
export const uncachedClient = new Client({ ...endpoint, exchanges: [fetchExchange] });

/** The way out of the dashboard: one cache, one endpoint, one socket. */
export const client = new Client({
  ...endpoint,
  exchanges: [
    cacheExchange({ keys, possibleTypes }),
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
