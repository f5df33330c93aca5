import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { ExecutionArgs, GraphQLError } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

import { keepNumbers } from '#server/lossless-json.ts';

import type { Engine } from './yoga.ts';

const MAX_PAYLOAD = 1024 * 1024;
const MAX_OPERATIONS = 100;
const TOO_MANY = 4429;

export interface Sockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
}

export interface SocketOptions {
  readonly isAuthentic: (authorization: unknown) => boolean;
  readonly isFromAllowedOrigin: (request: IncomingMessage) => boolean;
  /** What a client that was let in is told of the server. */
  readonly greeting: () => Record<string, unknown>;
}

/** The GraphQL socket (graphql-transport-ws). It runs operations through the same engine as HTTP. */
export const createSockets = (
  engine: Engine,
  { isAuthentic, isFromAllowedOrigin, greeting }: SocketOptions,
): Sockets => {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAYLOAD,
    perMessageDeflate: false,
    handleProtocols: (protocols) =>
      protocols.has('graphql-transport-ws') ? 'graphql-transport-ws' : false,
  });
  const running = useServer(
    {
      // These two are only called with what `onSubscribe` gave, which brought its own.
      execute: (args) => engine.run(args),
      subscribe: (args) => engine.follow(args),
      connectionInitWaitTimeout: 10_000,
      jsonMessageReviver: keepNumbers,
      onConnect: ({ connectionParams: params, extra }) => {
        const isLetIn =
          isAuthentic(params?.['authorization'] ?? params?.['Authorization']) ||
          isAuthentic(extra.request.headers.authorization);
        return isLetIn && greeting();
      },
      onSubscribe: async (ctx, _id, params): Promise<ExecutionArgs | readonly GraphQLError[]> => {
        if (Object.keys(ctx.subscriptions).length > MAX_OPERATIONS) {
          ctx.extra.socket.close(TOO_MANY, 'Too many operations on one socket');
          return [];
        }
        return engine.prepare(params);
      },
    },
    server,
  );
  // A frame that breaks the protocol is the client's fault: the library would print it as an error of the server.
  server.on('connection', (socket) => {
    socket.removeAllListeners('error');
    socket.on('error', () => socket.terminate());
  });
  return {
    upgrade: (request, socket, head) => {
      if (!isFromAllowedOrigin(request)) {
        socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, (webSocket) =>
        server.emit('connection', webSocket, request),
      );
    },
    close: async () => {
      await running.dispose();
    },
  };
};
