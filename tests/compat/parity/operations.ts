import { readFileSync } from 'node:fs';

/** Operations of the interface document that have nothing to stand for in GraphQL. */
const WITHOUT_TWIN: ReadonlySet<string> = new Set([
  // Tokens guard what browsers send to REST on their own, which the GraphQL door does not take.
  'GET /csrf-token',
  // Was made for the tables of one page of Prefect's, which asks for state names that were ever seen.
  'GET /observed-states',
]);

const SOCKETS: readonly string[] = [
  'WS /events/in',
  'WS /events/out',
  'WS /logs/out',
  'WS /task_runs/subscriptions/scheduled',
  'WS /work_pools/{work_pool_name}/workers/connect',
];

interface InterfaceDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Every operation of Prefect's REST interface and every socket of it that is mapped to GraphQL. */
export const mappedOperations = (): readonly string[] => {
  const file = new URL('../../reference/openapi.json', import.meta.url);
  // The interface document of Prefect, as it was recorded.
  const { paths } = JSON.parse(readFileSync(file, 'utf8')) as InterfaceDocument;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/^\/api/, '')}`),
  );
  return [...operations.filter((operation) => !WITHOUT_TWIN.has(operation)), ...SOCKETS];
};
