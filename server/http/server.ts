import { type IncomingMessage, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

import type { Settings } from '#server/settings.ts';

import type { RequestHandler } from './pages.ts';
import { serveBaseOf, takeOffBase } from './serve-base.ts';

type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** A door of the server: the part of the addresses it answers, and how. */
export interface Door {
  /** Whether the door answers the path, given without its query. */
  readonly opens: (path: string) => boolean;
  readonly handle: RequestHandler;
  readonly upgrade?: UpgradeHandler;
}

/** Sees what comes in, before a door answers it. */
export interface Watcher {
  readonly request?: RequestHandler;
  readonly upgrade?: (request: IncomingMessage) => void;
}

export interface HttpServer {
  /** Starts to listen; rejects with the error of the system when the address is taken. */
  listen(): Promise<{ readonly url: string }>;
  /** Takes no more requests, lets running ones end for a moment, then cuts what is left. */
  close(): Promise<void>;
}

const CLOSE_MILLIS = 2000;
const LOOK_MILLIS = 50;

const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?', 1)[0] ?? '/';

const hostForUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** One port for all doors: the first that opens answers. The last of the list opens for everything. */
export const createHttpServer = (
  settings: Settings,
  doors: readonly Door[],
  watchers: readonly Watcher[] = [],
): HttpServer => {
  const base = serveBaseOf(settings);
  const doorFor = (request: IncomingMessage): Door | undefined => {
    const path = pathOf(request);
    return doors.find((door) => door.opens(path));
  };
  const server = createServer(
    { keepAliveTimeout: settings.api.keepaliveTimeoutSeconds * 1000 },
    (request, response) => {
      const isUnderBase = takeOffBase(request, base);
      for (const watcher of watchers) watcher.request?.(request, response);
      // The pages live under the base alone, so who asks for the root is sent there.
      if (base !== '' && !isUnderBase && pathOf(request) === '/') {
        response.writeHead(307, { location: `${base}/` }).end();
      } else doorFor(request)?.handle(request, response);
    },
  );
  const upgraded = new Set<Duplex>();
  server.on('upgrade', (request, socket, head) => {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    // A peer that resets its connection raises an error here, which must not end the process.
    socket.on('error', () => socket.destroy());
    takeOffBase(request, base);
    for (const watcher of watchers) watcher.upgrade?.(request);
    const upgrade = doorFor(request)?.upgrade;
    if (upgrade === undefined) socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
    else upgrade(request, socket, head);
  });
  return {
    listen: () =>
      new Promise((resolve, reject) => {
        const { host, port } = settings.api;
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          // A server that listens on a port has an address of that form.
          const { port: bound } = server.address() as AddressInfo;
          resolve({ url: `http://${hostForUrl(host)}:${bound}` });
        });
      }),
    close: async () => {
      if (!server.listening) return;
      const closed = new Promise<true>((resolve) => server.close(() => resolve(true)));
      const cut = performance.now() + CLOSE_MILLIS;
      while (performance.now() < cut) {
        // A connection is kept open for more by the answer that was on its way.
        server.closeIdleConnections();
        // oxlint-disable-next-line no-await-in-loop -- one look after the other
        if ((await Promise.race([closed, delay(LOOK_MILLIS)])) === true) return;
      }
      server.closeAllConnections();
      // The server has let go of these, but ends only when they do: a peer that is gone would hold it up.
      for (const socket of upgraded) socket.destroy();
      await closed;
    },
  };
};
