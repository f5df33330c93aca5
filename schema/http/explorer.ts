import { renderGraphiQL } from '@graphql-yoga/render-graphiql';

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

/** The page of the explorer, whole: it asks nobody else for anything. Subscriptions go over the socket. */
export const renderExplorer = (): string =>
  renderGraphiQL({
    endpoint: '/graphql',
    title: 'GraphQL explorer',
    defaultQuery: DEFAULT_QUERY,
    subscriptionsProtocol: 'WS',
    headers: '{}',
  }).replace('</body>', `${LINKS}</body>`);
