import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import { lexicographicSortSchema, printSchema } from 'graphql';

import type { Context } from '#server/context.ts';
import { toError } from '#server/errors.ts';
import { askForLogin, createBasicAuth } from '#server/http/basic-auth.ts';

import { createExplorer } from './http/explorer.ts';
import { createOriginCheck } from './http/origin.ts';
import { createSockets } from './http/sockets.ts';
import { createEngine } from './http/yoga.ts';
import { schema } from './index.ts';
import { LIMITS } from './limits/limits.ts';

/** The GraphQL door: `/graphql` over HTTP, event streams and sockets, and the explorer at `/docs`. */
export interface GraphQLDoor {
  handle(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
}

const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?', 1)[0] ?? '/';

const send = (response: ServerResponse, type: string, body: string): void => {
  response.writeHead(200, { 'content-type': `${type}; charset=utf-8` });
  response.end(body);
};

const refuse = (request: IncomingMessage, response: ServerResponse): void => {
  response.writeHead(401, { 'content-type': 'application/json', ...askForLogin(request) });
  response.end(
    JSON.stringify({
      errors: [{ message: 'Unauthorized', extensions: { code: 'UNAUTHENTICATED' } }],
    }),
  );
};

const refuseExplorer = (response: ServerResponse): void => {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8' });
  response.end('The explorer cannot be shown.');
};

/** Forms are what a page of another origin may send without being asked, so none is taken. */
const isForm = (request: IncomingMessage): boolean =>
  request.method === 'POST' &&
  /^(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)/i.test(
    request.headers['content-type'] ?? 'text/plain',
  );

/** Opens the door over a context. */
export const createGraphQL = (ctx: Context): GraphQLDoor => {
  const engine = createEngine(ctx, schema);
  const isAuthentic = createBasicAuth(ctx.settings);
  const isFromAllowedOrigin = createOriginCheck(ctx.settings);
  let printed: string | null = null;
  const print = (): string => (printed ??= printSchema(lexicographicSortSchema(schema)));
  const sockets = createSockets(engine, {
    isAuthentic,
    isFromAllowedOrigin,
    // A client that was built for another schema can tell before it asks for what is not there.
    greeting: () => ({
      serverVersion: ctx.settings.prefectVersion,
      schemaHash: createHash('sha256').update(print()).digest('hex'),
      limits: LIMITS,
    }),
  });
  const sendExplorer = createExplorer(ctx.settings);
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const path = pathOf(request);
    if (path === '/docs' || path.startsWith('/docs/')) {
      sendExplorer(request, response).catch((error: unknown) => {
        ctx.log.error({ err: toError(error) }, 'The explorer could not be shown.');
        refuseExplorer(response);
      });
      return;
    }
    if (request.method !== 'OPTIONS' && !isAuthentic(request.headers.authorization)) {
      refuse(request, response);
      return;
    }
    if (path === '/graphql/schema.graphql') {
      send(response, 'text/plain', print());
      return;
    }
    if (isForm(request)) {
      response.writeHead(415, { 'content-type': 'text/plain; charset=utf-8' });
      response.end('Send the operation as application/json.');
      return;
    }
    void engine.yoga(request, response);
  };
  return {
    handle,
    upgrade: (request, socket, head) => sockets.upgrade(request, socket, head),
    close: () => sockets.close(),
  };
};
