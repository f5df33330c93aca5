import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

import { serveBaseOf } from '#server/http/serve-base.ts';
import { storedLoginScript } from '#server/http/stored-login.ts';
import type { Settings } from '#server/settings.ts';

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

const linksUnder = (
  base: string,
): string => `<nav style="position:fixed;bottom:8px;right:12px;z-index:10;font:13px system-ui;display:flex;gap:12px">
<a href="${base}/">Dashboard</a> <a href="${base}/docs/rest">REST API</a> <a href="${base}/graphql/schema.graphql">Schema</a></nav>`;

const render = async (base: string): Promise<Buffer> => {
  // The library is nine megabytes of code in text: a server whose explorer nobody opens does not carry it.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const page = renderGraphiQL({
    endpoint: `${base}/graphql`,
    title: 'GraphQL explorer',
    defaultQuery: DEFAULT_QUERY,
    subscriptionsProtocol: 'WS',
    headers: '{}',
  });
  const [start, end] = [page.indexOf('<head>') + '<head>'.length, page.lastIndexOf('</body>')];
  // The page's own script has these tags in texts, so it matters which of them is meant.
  return compress(
    page.slice(0, start) +
      storedLoginScript(base) +
      page.slice(start, end) +
      linksUnder(base) +
      page.slice(end),
  );
};

/**
 * Answers with the page of the explorer, whole: it asks nobody else for anything. Subscriptions go over the socket.
 * It is put together when first asked for and kept in its compressed form. Rejects when it cannot be.
 */
export const createExplorer = (settings: Settings) => {
  const base = serveBaseOf(settings);
  let page: Promise<Buffer> | null = null;
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    page ??= render(base);
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
