import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

import { type WebSocket, WebSocketServer } from 'ws';

import type { Context } from '#server/context.ts';

import type { Access, Conversation, Endpoint } from './conversation.ts';
import { serveEventsIn } from './events-in.ts';
import { eventsOut } from './events-out.ts';
import { PROTOCOL, acceptAuthentication } from './handshake.ts';
import { keepAlive } from './keep-alive.ts';
import { logsOut } from './logs-out.ts';
import { scheduledTaskRuns } from './scheduled-task-runs.ts';
import { workerChannel } from './worker-channel.ts';

const listEndpoints = (ctx: Context): Readonly<Record<string, Endpoint>> => ({
  '/events/in': serveEventsIn,
  '/events/out': eventsOut(ctx),
  '/logs/out': logsOut(ctx),
  '/task_runs/subscriptions/scheduled': scheduledTaskRuns,
});

const WORKER_CHANNEL = /^\/work_pools\/([^/]+)\/workers\/connect$/;

/** The name of the pool in the address of a worker channel; null for any other address. */
const poolOfChannel = (path: string): string | null => {
  const name = WORKER_CHANNEL.exec(path)?.[1];
  try {
    return name === undefined ? null : decodeURIComponent(name);
  } catch {
    return null;
  }
};

const findAccess = (
  endpoints: Readonly<Record<string, Endpoint>>,
  path: string,
): Access | undefined => {
  const endpoint = endpoints[path];
  if (endpoint !== undefined)
    return { endpoint, requiresProtocol: false, authenticationFailure: null };
  const poolName = poolOfChannel(path);
  if (poolName === null) return undefined;
  return {
    endpoint: workerChannel(poolName),
    requiresProtocol: true,
    authenticationFailure: 'authentication_failed',
  };
};

/** Who has not said goodbye by then is cut off; what it may have taken is left to the end of its lease. */
const GOODBYE_MILLIS = 1500;
/** What has not been settled by then is left to the leases of what was handed out. */
const END_MILLIS = 1500;

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

/** Conversations that go on, to be ended in order when the server stops. */
type Ongoing = Set<(isHeardOut: boolean) => Promise<void>>;

/** Makes sure that a conversation is ended, once, whether its client goes or the server. */
const follow = (ctx: Context, socket: WebSocket, ongoing: Ongoing) => {
  let ended: Promise<void> | null = null;
  return (conversation: Conversation): Conversation => {
    const end = (isHeardOut: boolean): Promise<void> => {
      ended ??= (conversation.end?.(isHeardOut) ?? Promise.resolve())
        .catch((error: unknown) =>
          ctx.log.warn({ err: error }, 'A connection could not be ended in order.'),
        )
        .finally(() => ongoing.delete(end));
      return ended;
    };
    ongoing.add(end);
    socket.on('close', () => void end(true));
    return conversation;
  };
};

/** Waits for something no longer than it may take. */
const within = (millis: number, work: Promise<unknown>): Promise<unknown> =>
  Promise.race([work, delay(millis, undefined, { ref: false })]);

/** Ends all conversations, after what the clients sent before they heard of the end: it may be an acknowledgement. */
const endAll = async (clients: Iterable<WebSocket>, ongoing: Ongoing): Promise<void> => {
  const goodbyes: Promise<unknown>[] = [];
  for (const client of clients) {
    goodbyes.push(once(client, 'close'));
    client.close(1012, 'The server is shutting down.');
  }
  await within(GOODBYE_MILLIS, Promise.all(goodbyes));
  await within(END_MILLIS, Promise.all([...ongoing].map((end) => end(false))));
};

interface Opened {
  readonly socket: WebSocket;
  readonly transport: Duplex;
  readonly access: Access;
  readonly ongoing: Ongoing;
}

const serve = (ctx: Context, { socket, transport, access, ongoing }: Opened): void => {
  const { endpoint, authenticationFailure: failure } = access;
  const { authString } = ctx.settings.api;
  const followed = follow(ctx, socket, ongoing);
  const begin = (): Conversation => followed(endpoint(ctx, socket, transport));
  let conversation = socket.protocol === PROTOCOL ? null : begin();
  socket.on('message', (data) => {
    // With `nodebuffer`, the default, a message is one Buffer.
    const text = (data as Buffer).toString('utf8');
    if (conversation !== null) conversation.receive(text);
    else if (acceptAuthentication(socket, text, { authString, failure })) conversation = begin();
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
  const ongoing: Ongoing = new Set();
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
      const access = path.startsWith(base)
        ? findAccess(endpoints, path.slice(base.length))
        : undefined;
      if (access === undefined) return refuse(socket);
      // Without the subprotocol there is no place for a token, so such clients are let in only where none is needed.
      const needsProtocol = access.requiresProtocol || authString !== null;
      if (needsProtocol && !offersProtocol(request)) return refuse(socket);
      server.handleUpgrade(request, socket, head, (opened) => {
        opened.on('error', () => opened.terminate());
        keepAlive(ctx, opened);
        serve(ctx, { socket: opened, transport: socket, access, ongoing });
      });
      return undefined;
    },
    close: async () => {
      server.close();
      await endAll(server.clients, ongoing);
    },
  };
};
