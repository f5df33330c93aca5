import fc from 'fast-check';

import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';

import { ValueMaker } from './values.ts';

/** A request of the walk; `{{kind:n}}` stands for the n-th id of that kind, another on each server. */
export interface WalkRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string | null;
  /** The kind of thing that a success makes; its answer carries the id. */
  readonly makes: string | null;
  /** How long to wait first, for what happens by itself. */
  readonly waitSeconds?: number;
  /** Whether the order of what is listed counts. */
  readonly isOrdered?: boolean;
}

/** Answers that depend on time, chance, texts of a catalogue, or the work of services that run by themselves. */
const LEFT_OUT: readonly RegExp[] = [
  /^\S+ \/(?:admin|block_|csrf-token|collections|events|hello|ready|task_workers|templates)/u,
  /^POST \/automations\/templates/u,
  // Which runs they meet depends on the order of random ids.
  /bulk/u,
  /^POST \/concurrency_limits\//u,
  /^DELETE \/concurrency_limits/u,
  /get_scheduled_flow_runs|get_runs|\/schedule$|workers\/heartbeat|\/paginate$|\/logs\/download/u,
  /lateness|history|dashboard|next-runs|observed-states/u,
  /^GET \/(?:flow_runs\/\{id\}\/graph|deployments\/\{id\}\/work_queue_check)/u,
];

/**
 * Requests that the servers answer differently on purpose, so that all later answers would differ too: null for a
 * column that may not be null, which is left alone here, and names that no path can hold.
 */
const AVOIDED: readonly RegExp[] = [
  /^PATCH .*:null/u,
  /^POST \/api\/deployments\/ .*"name":"x\/y"/u,
  // A name that is no text is taken for none there.
  /_runs.*"name":(?!"|null)/u,
  /^GET \/api\/work_queues\/name\//u,
];

const isAvoided = ({ method, path, body }: WalkRequest): boolean =>
  AVOIDED.some((pattern) => pattern.test(`${method} ${path} ${body}`));

/** How often a request is drawn: things must be made before they can be asked about. */
const weightOf = (name: string): number => {
  if (/^POST \/(?:flows|flow_runs|task_runs|deployments|work_pools)\/$/u.test(name)) return 12;
  if (/^P\S+ [^{]+\/$/u.test(name) || /set_state|create_flow_run|queues$/u.test(name)) return 6;
  return name.startsWith('DELETE') ? 1 : 3;
};

const COLLECTION = /^\/(?:v2\/)?([a-z_-]+)/u;

const kindOf = (path: string): string => COLLECTION.exec(path)?.[1] ?? '';

const pathParameter = (path: string, name: string): fc.Arbitrary<string> => {
  const kind = name === 'schedule_id' ? 'schedules' : name === 'lease_id' ? 'leases' : kindOf(path);
  const id = fc.nat(30).map((index) => `{{${kind}:${index}}}`);
  const word = fc.constantFrom('alpha', 'beta', 'gamma', 'default', 'junk');
  if (name === 'id_or_name') return fc.oneof(id, word);
  return name.endsWith('id')
    ? fc.oneof({ weight: 12, arbitrary: id }, { weight: 1, arbitrary: word })
    : word;
};

const filledPath = (path: string): fc.Arbitrary<string> => {
  const names = Array.from(path.matchAll(/\{(\w+)\}/gu), ([, name = '']) => name);
  return fc
    .tuple(...names.map((name) => pathParameter(path, name)))
    .map((values) =>
      values.reduce((filled, value, index) => filled.replace(`{${names[index]}}`, value), path),
    );
};

const bodySchema = (operation: JsonObject): JsonValue | undefined => {
  let found: JsonValue | undefined = operation['requestBody'];
  for (const step of ['content', 'application/json', 'schema']) {
    found = isJsonObject(found) ? found[step] : undefined;
  }
  return found;
};

const madeBy = (method: string, path: string): string | null => {
  if (path.endsWith('increment-with-lease')) return 'leases';
  if (path.endsWith('/create_flow_run')) return 'flow_runs';
  if (path.endsWith('/queues')) return 'work_queues';
  return ['POST', 'PUT'].includes(method) && path.endsWith('/') ? kindOf(path) : null;
};

/** The requests that a walk draws from, made of the interface document. */
export const walkRequests = (document: JsonObject): fc.Arbitrary<WalkRequest> => {
  const maker = new ValueMaker(document);
  const { paths } = document;
  const choices = Object.entries(isJsonObject(paths) ? paths : {}).flatMap(([path, item]) =>
    Object.entries(isJsonObject(item) ? item : {}).flatMap(([word, operation]) => {
      const method = word.toUpperCase();
      const name = `${method} ${path}`;
      if (!isJsonObject(operation) || LEFT_OUT.some((pattern) => pattern.test(name))) return [];
      const schema = bodySchema(operation);
      const body: fc.Arbitrary<string | null> =
        schema === undefined
          ? fc.constant(null)
          : maker.value(schema).map((value) => JSON.stringify(value));
      const arbitrary = fc.tuple(filledPath(path), body).map(([filled, sent]): WalkRequest => ({
        method,
        path: `/api${filled}`,
        body: sent,
        makes: madeBy(method, path),
      }));
      return [{ weight: weightOf(name), arbitrary }];
    }),
  );
  return fc.oneof(...choices).filter((request) => !isAvoided(request));
};
