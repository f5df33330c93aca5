import type { WebSocket } from 'ws';

import type { Context } from '#server/context.ts';

/** Pings a socket at the interval of the settings and drops it when it does not answer in time. */
export const keepAlive = (ctx: Context, socket: WebSocket): void => {
  const { websocketPingIntervalSeconds, websocketPingTimeoutSeconds } = ctx.settings.api;
  let lastSeen = performance.now();
  socket.on('pong', () => {
    lastSeen = performance.now();
  });
  // Each connection has a life of its own, which no service of the loop could follow.
  // oxlint-disable-next-line no-restricted-globals
  const timer = setInterval(() => {
    const silentSeconds = (performance.now() - lastSeen) / 1000;
    if (silentSeconds > websocketPingIntervalSeconds + websocketPingTimeoutSeconds)
      socket.terminate();
    else socket.ping();
  }, websocketPingIntervalSeconds * 1000);
  socket.on('close', () => clearInterval(timer));
};
