import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createApi } from '#server/api/index.ts';
import type { Context } from '#server/context.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; null when there is none. */
  readonly json: unknown;
}

export interface ApiServer {
  readonly url: string;
  /** Calls the REST door; a body that is no string goes as JSON. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<ApiAnswer>;
  close(): Promise<void>;
}

const listen = (server: Server): Promise<string> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      // A server that listens on a port has an address of that form.
      const { port } = server.address() as AddressInfo;
      resolve(`http://127.0.0.1:${port}`);
    });
  });

const encode = (body: unknown): string | undefined => {
  if (body === undefined || typeof body === 'string') return body;
  return JSON.stringify(body);
};

/** Serves the REST door of a context alone, on a free port. */
export const serveApi = async (ctx: Context): Promise<ApiServer> => {
  const api = createApi(ctx);
  const server = createServer((request, response) => api.handle(request, response));
  const url = await listen(server);
  return {
    url,
    call: async (method, path, body, headers = {}) => {
      const encoded = encode(body);
      const response = await fetch(`${url}/api${path}`, {
        method,
        redirect: 'manual',
        headers: { 'content-type': 'application/json', ...headers },
        ...(encoded === undefined ? {} : { body: encoded }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type') === 'application/json' && text !== '';
      return {
        status: response.status,
        headers: response.headers,
        text,
        json: isJson ? JSON.parse(text) : null,
      };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
