import { createClient } from 'graphql-ws';
import { untrack } from 'svelte';

import { session } from '#lib/session/session.svelte.ts';
import { base } from '#lib/shell/base.ts';

export type ConnectionStatus = 'connecting' | 'live' | 'reconnecting';

const socketUrl = (): string => {
  const url = new URL(`${base}/graphql`, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
};

/** How the server closes a socket that it does not let in. */
const refusedCode = 4403;
const firstRetryMillis = 250;
const longestRetryMillis = 10_000;

class LiveConnection {
  status = $state<ConnectionStatus>('connecting');
  /** Grows each time the socket comes back after a cut: what was missed must be read again. */
  reconnections = $state(0);
}

export const liveConnection = new LiveConnection();

/** Calls back each time the socket is there again after a cut, for as long as the component lives. */
export const onReconnect = (callback: () => void): void => {
  const before = untrack(() => liveConnection.reconnections);
  $effect(() => {
    if (liveConnection.reconnections > before) untrack(callback);
  });
};

/** The one socket of this page; every subscription shares it. */
export const socketClient = createClient({
  url: socketUrl,
  // The dot in the navigation tells the truth only if the socket is always meant to be open.
  lazy: false,
  keepAlive: 15_000,
  connectionParams: () => session.headers(),
  retryAttempts: Number.POSITIVE_INFINITY,
  shouldRetry: () => true,
  retryWait: async (retries) => {
    // The login loads the page anew, and with it the socket.
    if (session.isRefused) await new Promise(() => {});
    const ceiling = Math.min(longestRetryMillis, firstRetryMillis * 2 ** retries);
    const waitMillis = ceiling / 2 + (Math.random() * ceiling) / 2;
    await new Promise((resolve) => setTimeout(resolve, waitMillis));
  },
  // A cut socket is shown in the navigation and retried; the console would only repeat it.
  onNonLazyError: () => {
    liveConnection.status = 'reconnecting';
  },
  on: {
    connected: (_socket, _payload, wasRetry) => {
      liveConnection.status = 'live';
      if (wasRetry) liveConnection.reconnections += 1;
    },
    closed: (event) => {
      liveConnection.status = 'reconnecting';
      if (event instanceof CloseEvent && event.code === refusedCode) session.isRefused = true;
    },
  },
});
