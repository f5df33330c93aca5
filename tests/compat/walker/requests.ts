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
  /** How a list is sorted unless its request says so. */
  readonly sort?: string | null;
  /** How long to wait first, for what happens by itself. */
  readonly waitSeconds?: number;
  /** Whether the order of what is listed counts. */
  readonly isOrdered?: boolean;
}

/** Answers that depend on chance, texts of a catalogue, or the settings of each server. */
const LEFT_OUT: readonly RegExp[] = [
  /^\S+ \/(?:admin\/settings|collections|csrf-token|events|ready)/u,
  /install_system_block_types|templates/u,
];

/** Lists whose pages can be compared: what they are sorted by is told. */
const PAGED =
  /^(?!POST \/concurrency_limits).*\/(?:filter|paginate|concurrency_status)$|^POST \/ui\/flow_runs\/history$/u;

/**
 * Requests that the servers answer differently on purpose, so that all later answers would differ too: null for a
 * column that may not be null, which is left alone here, and names that no path can hold.
 */
const AVOIDED: readonly RegExp[] = [
  /^PATCH .*:null/u,
  // It leaves two queues with one priority, whose order is left to chance.
  /^PATCH \/api\/work_queues\/\{.*"priority":/u,
  // It takes the leases of a limit away and still counts their slots.
  /^POST \/api\/concurrency_limits\/tag\/\w+\/reset/u,
  // The real server fails with 500 on them.
  /^POST \/api\/concurrency_limits\/ .*"tag":"x\/y"/u,
  /^POST \/api\/(?:flow_runs\/|task_runs\/|deployments\/\S+\/create_flow_run\S*) .*"data":(?!null)/u,
  /version_info.*"type":"(?:Ünï|x\/y|a b)"/u,
  /deployments\/.*"work_queue_name":"x\/y"/u,
  /^POST \/api\/deployments\/ .*"name":"x\/y"/u,
  /^GET \/api\/work_queues\/name\//u,
];

/** The real server lets the state of the first run that it sets leak into those of the others. */
const ofOneRun = (body: JsonValue, index: number): JsonValue => {
  if (!isJsonObject(body)) return body;
  const { flow_runs: given } = body;
  const filter = isJsonObject(given) ? given : {};
  return {
    ...body,
    flow_runs: { ...filter, operator: 'and_', id: { any_: [`{{flow_runs:${index}}}`] } },
  };
};

/** The real server answers with another block type of the same name. */
const ofOneName = (body: JsonValue): JsonValue =>
  isJsonObject(body) && typeof body['slug'] === 'string' ? { ...body, name: body['slug'] } : body;

/** On PostgreSQL one faulty run spoils the others that the real server is to make. */
const withoutParents = (body: JsonValue): JsonValue =>
  Array.isArray(body)
    ? body.map((run) => (isJsonObject(run) ? { ...run, parent_task_run_id: null } : run))
    : body;

/** The real server counts the slots of tags wrongly that are named twice, or given back apart from the others. */
const ofOneTag = (body: JsonValue): JsonValue =>
  isJsonObject(body) && Array.isArray(body['names'])
    ? { ...body, names: body['names'].slice(0, 1) }
    : body;

/** What keeps both servers in the same state. */
const tamed = (name: string, body: JsonValue, index: number): JsonValue => {
  if (name.endsWith('bulk_set_state')) return ofOneRun(body, index);
  if (name.endsWith('create_flow_run/bulk')) return withoutParents(body);
  if (/^POST \/concurrency_limits\/(?:in|de)crement$/u.test(name)) return ofOneTag(body);
  return name === 'POST /block_types/' ? ofOneName(body) : body;
};

const isAvoided = ({ method, path, body }: WalkRequest): boolean =>
  AVOIDED.some((pattern) => pattern.test(`${method} ${path} ${body}`));

/** How often a request is drawn: things must be made before they can be asked about. */
const weightOf = (name: string): number => {
  if (/^POST \/(?:flows|flow_runs|task_runs|deployments|work_pools)\/$/u.test(name)) return 12;
  if (/^P\S+ [^{]+\/$/u.test(name) || /set_state|create_flow_run|queues$/u.test(name)) return 6;
  return /^DELETE|bulk_delete/u.test(name) ? 1 : 3;
};

/** How much more often a walk asks what it is about than what has to be there for it. */
const FOCUS = 10;

const COLLECTION = /^\/(?:v2\/|ui\/)?([a-z_-]+)/u;

const kindOf = (path: string): string => {
  const kind = COLLECTION.exec(path)?.[1] ?? '';
  return path.startsWith('/v2/') ? `${kind}_v2` : kind;
};

const PATH_KINDS: Readonly<Record<string, string>> = {
  lease_id: 'leases',
  resource_id: 'flow_runs',
  schedule_id: 'schedules',
};

/** Percent-encodes what a query carries, but leaves the places of ids, which are filled in later. */
const encodeQuery = (text: string): string =>
  encodeURIComponent(text).replaceAll('%7B', '{').replaceAll('%7D', '}').replaceAll('%3A', ':');

const queryParameters = (operation: JsonObject, maker: ValueMaker): fc.Arbitrary<string> => {
  const { parameters } = operation;
  const parts = (Array.isArray(parameters) ? parameters : []).flatMap((parameter) => {
    if (!isJsonObject(parameter) || parameter['in'] !== 'query') return [];
    const { name } = parameter;
    if (typeof name !== 'string') return [];
    const value = maker.value(parameter['schema'], { key: name, owner: '', depth: 1 });
    const part = value.map(
      (given) =>
        `${name}=${encodeQuery(typeof given === 'string' ? given : JSON.stringify(given))}`,
    );
    return [fc.oneof({ weight: 4, arbitrary: part }, { weight: 1, arbitrary: fc.constant('') })];
  });
  return fc.tuple(...parts).map((found) => {
    const query = found.filter((part) => part !== '').join('&');
    return query === '' ? '' : `?${query}`;
  });
};

const follow = (from: JsonValue | undefined, steps: readonly string[]): JsonValue | undefined => {
  let found = from;
  for (const step of steps) found = isJsonObject(found) ? found[step] : undefined;
  return found;
};

const sortDefault = (schema: JsonValue | undefined, document: JsonObject): string | null => {
  const pointer = follow(schema, ['$ref']);
  const body = typeof pointer === 'string' ? follow(document, pointer.split('/').slice(1)) : schema;
  const word = follow(body, ['properties', 'sort', 'default']);
  return typeof word === 'string' ? word : null;
};

const pathParameter = (path: string, name: string): fc.Arbitrary<string> => {
  const kind = PATH_KINDS[name] ?? kindOf(path);
  const id = fc.nat(30).map((index) => `{{${kind}:${index}}}`);
  const word = fc.constantFrom('alpha', 'beta', 'gamma', 'default', 'junk');
  if (name === 'id_or_name') return fc.oneof(id, word);
  if (name === 'checksum') return fc.constantFrom('{{checksums:0}}', '{{checksums:1}}', 'junk');
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
  return follow(operation, ['requestBody', 'content', 'application/json', 'schema']);
};

const madeBy = (method: string, path: string): string | null => {
  if (path.endsWith('increment-with-lease')) return 'leases';
  if (path.endsWith('/create_flow_run')) return 'flow_runs';
  if (path.endsWith('/queues')) return 'work_queues';
  if (method === 'POST' && path.endsWith('/schedules')) return 'schedules';
  return ['POST', 'PUT'].includes(method) && path.endsWith('/') ? kindOf(path) : null;
};

/** The requests that a walk draws from, made of the interface document; most are those of `only`, if given. */
export const walkRequests = (
  document: JsonObject,
  only: RegExp | null = null,
): fc.Arbitrary<WalkRequest> => {
  const wholeLists = new ValueMaker(document, { arePagesCut: false });
  const pages = new ValueMaker(document, { arePagesCut: true });
  const { paths } = document;
  const choices = Object.entries(isJsonObject(paths) ? paths : {}).flatMap(([path, item]) =>
    Object.entries(isJsonObject(item) ? item : {}).flatMap(([word, operation]) => {
      const method = word.toUpperCase();
      const name = `${method} ${path}`;
      if (!isJsonObject(operation) || LEFT_OUT.some((pattern) => pattern.test(name))) return [];
      const schema = bodySchema(operation);
      const maker = PAGED.test(name) ? pages : wholeLists;
      const body: fc.Arbitrary<string | null> =
        schema === undefined
          ? fc.constant(null)
          : fc
              .tuple(maker.value(schema), fc.nat(30))
              .map(([value, index]) => JSON.stringify(tamed(name, value, index)));
      const query = queryParameters(operation, wholeLists);
      const arbitrary = fc
        .tuple(filledPath(path), query, body)
        .map(([filled, asked, sent]): WalkRequest => ({
          method,
          path: `/api${filled}${asked}`,
          body: sent,
          makes: madeBy(method, path),
          sort: sortDefault(schema, document),
        }));
      const isMeant = only === null || only.test(name);
      if (!isMeant && madeBy(method, path) === null) return [];
      const weight = weightOf(name) * (only !== null && isMeant ? FOCUS : 1);
      return [{ weight, arbitrary }];
    }),
  );
  return fc.oneof(...choices).filter((request) => !isAvoided(request));
};
