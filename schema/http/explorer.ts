import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

const compress = promisify(gzip);
const expand = promisify(gunzip);

const DEFAULT_QUERY = `# The API of this server. The book on the left describes all of it.
query LatestRuns {
  flowRuns(first: 5) {
    nodes {
      id
      name
      state {
        type
        name
        timestamp
      }
      flow {
        name
      }
    }
    totalCount
  }
}
`;

const LINKS = `<nav style="position:fixed;bottom:8px;right:12px;z-index:10;font:13px system-ui;display:flex;gap:12px">
<a href="/">Dashboard</a> <a href="/api/docs">REST API</a> <a href="/graphql/schema.graphql">Schema</a></nav>`;

const render = async (): Promise<Buffer> => {
  // The library is nine megabytes of code in text: a server whose explorer nobody opens does not carry it.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const page = renderGraphiQL({
    endpoint: '/graphql',
    title: 'GraphQL explorer',
    defaultQuery: DEFAULT_QUERY,
    subscriptionsProtocol: 'WS',
    headers: '{}',
  }).replace('</body>', `${LINKS}</body>`);
  return compress(page);
};

/**
 * Answers with the page of the explorer, whole: it asks nobody else for anything. Subscriptions go over the socket.
 * It is put together when first asked for and kept in its compressed form. Rejects when it cannot be.
 */
export const createExplorer = () => {
  let page: Promise<Buffer> | null = null;
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    page ??= render();
    const compressed = await page.catch((error: unknown) => {
      // The next one who asks finds it put together anew, not the old failure.
      page = null;
      throw error;
    });
    const takesGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'private, max-age=3600',
      vary: 'accept-encoding',
      ...(takesGzip ? { 'content-encoding': 'gzip' } : {}),
    });
    response.end(takesGzip ? compressed : await expand(compressed));
  };
};
