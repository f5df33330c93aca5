import { createEngine } from '#schema/http/yoga.ts';
import { schema } from '#schema/index.ts';
import type { Context } from '#server/context.ts';
import type { DialectName } from '#server/db/dialect.ts';
import { type ApiAnswer, serveApi } from '#tests/support/api.ts';
import { openTestContext } from '#tests/support/database.ts';
import { serveSockets } from '#tests/support/socket-server.ts';

import { type Registry, createRegistry } from './comparable.ts';

/** A server with a database of its own, of which one door is used. */
export interface Door {
  readonly ctx: Context;
  /** What the steps before have found, by the names that they gave it. */
  readonly found: Record<string, string>;
  readonly registry: Registry;
  readonly socketUrl: string;
  rest(method: string, path: string, body: unknown): Promise<ApiAnswer>;
  graphql(query: string, variables: object): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** Opens a server over an empty database. */
export const openDoor = async (kind: DialectName): Promise<Door> => {
  const { ctx, close } = await openTestContext(kind, {
    // Off unless asked for, as in Prefect.
    logs: { streamOutEnabled: true, streamPublishingEnabled: true },
  });
  const api = await serveApi(ctx);
  const sockets = await serveSockets(ctx);
  const { yoga } = createEngine(ctx, schema);
  return {
    ctx,
    found: {},
    registry: createRegistry(),
    socketUrl: sockets.url,
    rest: (method, path, body) => api.call(method, path, body),
    graphql: async (query, variables) => {
      const response = await yoga.fetch('http://server/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors } = await response.json();
      if (errors !== undefined) throw new Error(`${JSON.stringify(errors)} of ${query}`);
      return data;
    },
    close: async () => {
      await sockets.close();
      await api.close();
      await close();
    },
  };
};
