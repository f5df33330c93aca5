import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { type WebSocket, WebSocketServer } from 'ws';

import type { Context } from '#server/context.ts';
import { EventFeed } from '#server/events/event-feed.ts';

import type { Endpoint } from './conversation.ts';
import { serveEventsIn } from './events-in.ts';
import { eventsOut } from './events-out.ts';
import { PROTOCOL, acceptAuthentication } from './handshake.ts';
import { keepAlive } from './keep-alive.ts';

const listEndpoints = (ctx: Context): Readonly<Record<string, Endpoint>> => ({
  '/events/in': serveEventsIn,
  '/events/out': eventsOut(new EventFeed(ctx)),
});

/** Ten times the largest event: what is larger ends the connection before it is held whole. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024;

export interface Sockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
}

const refuse = (socket: Duplex): void => {
  socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
};

const offersProtocol = (request: IncomingMessage): boolean =>
  (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .some((name) => name.trim() === PROTOCOL);

const serve = (ctx: Context, socket: WebSocket, endpoint: Endpoint): void => {
  let conversation = socket.protocol === PROTOCOL ? null : endpoint(ctx, socket);
  socket.on('message', (data) => {
    // With `nodebuffer`, the default, a message is one Buffer.
    const text = (data as Buffer).toString('utf8');
    if (conversation !== null) conversation.receive(text);
    else if (acceptAuthentication(socket, text, ctx.settings.api.authString)) {
      conversation = endpoint(ctx, socket);
    }
  });
  // Prefect's client pings before it authenticates, and later takes a pong as the receipt for the frames before it.
  socket.on('ping', (data) => {
    void (conversation?.settled() ?? Promise.resolve()).finally(() => {
      if (socket.readyState === socket.OPEN) socket.pong(data);
    });
  });
};

/** Prefect's websockets under the base path of the REST door. */
export const createSockets = (ctx: Context): Sockets => {
  const { authString, basePath } = ctx.settings.api;
  const base = (basePath ?? '/api').replace(/\/$/, '');
  const endpoints = listEndpoints(ctx);
  const server = new WebSocketServer({
    noServer: true,
    autoPong: false,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  return {
    upgrade: (request, socket, head) => {
      const path = (request.url ?? '').split('?', 1)[0] ?? '';
      const endpoint = path.startsWith(base) ? endpoints[path.slice(base.length)] : undefined;
      // Without the subprotocol there is no place for a token, so such clients are let in only where none is needed.
      if (endpoint === undefined || (authString !== null && !offersProtocol(request)))
        return refuse(socket);
      server.handleUpgrade(request, socket, head, (opened) => {
        opened.on('error', () => opened.terminate());
        keepAlive(ctx, opened);
        serve(ctx, opened, endpoint);
      });
      return undefined;
    },
    close: async () => {
      for (const client of server.clients) client.close(1012, 'The server is shutting down.');
      server.close();
    },
  };
};
