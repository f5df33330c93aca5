import fc from 'fast-check';

import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';

import { TEMPLATES_TO_CHECK } from './shapes.ts';
import { tamed } from './tamed.ts';
import { ValueMaker, madeOf } from './values.ts';
import { OWNERS } from './words.ts';

/** A request of the walk; `{{kind:n}}` stands for the n-th id of that kind, another on each server. */
export interface WalkRequest {
  /** The operation of the interface document, as `POST /flows/`; stories name none. */
  readonly operation?: string;
  readonly method: string;
  readonly path: string;
  readonly body: string | null;
  /** The kind of thing that a success makes; its answer carries the id. */
  readonly makes: string | null;
  /** How a list is sorted unless its request says so. */
  readonly sort?: string | null;
  /** How long to wait first, for what happens by itself. */
  readonly waitSeconds?: number;
  /** For how long it is asked again while the answers differ, for what servers do by themselves in their own time. */
  readonly patienceSeconds?: number;
  /** Whether the order of what is listed counts. */
  readonly isOrdered?: boolean;
}

/** Answers that depend on chance, texts of a catalogue, or the settings of each server. */
const LEFT_OUT: readonly RegExp[] = [/admin\/settings|install_system_block_types/u];

/** What is asked about events, which are stored a while after they were told. */
const ABOUT_EVENTS = /\/events\/(?:filter|count-by)/u;

/** How long the real server takes at most to store what it was told. */
const SECONDS_TO_STORE = 5;

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
  // It fails at the next state after one whose data is no object.
  /set_state .*"data":(?!null|\{)/u,
  /version_info.*"type":"(?:Ünï|x\/y|a b)"/u,
  /deployments\/.*"work_queue_name":"x\/y"/u,
  /^POST \/api\/deployments\/ .*"name":"x\/y"/u,
  /^GET \/api\/work_queues\/name\//u,
];

const isAvoided = ({ method, path, body }: WalkRequest): boolean =>
  AVOIDED.some((pattern) => pattern.test(`${method} ${path} ${body}`));

/** How often a request is drawn: things must be made before they can be asked about. */
const usualWeight = (name: string): number => {
  if (/^POST \/(?:flows\/|flow_runs\/|task_runs\/|deployments\/|work_pools\/|events)$/u.test(name))
    return 12;
  if (
    /^P\S+ [^{]+\/$/u.test(name) ||
    /set_state|create_flow_run|queues$|\/input$|^PATCH/u.test(name)
  )
    return 6;
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
    const value =
      name === 'page-token'
        ? fc.oneof(madeOf('event_pages'), fc.constant('junk'))
        : maker.value(parameter['schema'], { key: name, owner: '', depth: 1 });
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
  const id = madeOf(kind);
  const word = fc.constantFrom('alpha', 'beta', 'gamma', 'default', 'junk');
  if (name === 'resource_id') return fc.constantFrom(...OWNERS);
  if (name === 'view') return fc.constantFrom(...VIEWS);
  if (name === 'countable') return fc.constantFrom('day', 'time', 'event', 'resource', 'junk');
  if (name === 'id_or_name') return fc.oneof(id, word);
  if (name === 'checksum') return fc.oneof(madeOf('checksums'), fc.constant('junk'));
  return name.endsWith('id')
    ? fc.oneof({ weight: 12, arbitrary: id }, { weight: 1, arbitrary: word })
    : word;
};

const VIEWS = ['aggregate-worker-metadata', 'junk'] as const;

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
  if (path === '/events/filter') return 'event_pages';
  if (path.endsWith('/create_flow_run')) return 'flow_runs';
  if (path.endsWith('/queues')) return 'work_queues';
  if (method === 'POST' && path.endsWith('/schedules')) return 'schedules';
  return ['POST', 'PUT'].includes(method) && path.endsWith('/') ? kindOf(path) : null;
};

interface Choices {
  readonly document: JsonObject;
  /** Whether a request of that name is drawn; how often is told by its weight. */
  readonly weightOf: (name: string) => number;
}

/** Draws requests, made of the interface document. */
const drawn = ({ document, weightOf }: Choices): fc.Arbitrary<WalkRequest> => {
  const wholeLists = new ValueMaker(document, { arePagesCut: false });
  const pages = new ValueMaker(document, { arePagesCut: true });
  const { paths } = document;
  const choices = Object.entries(isJsonObject(paths) ? paths : {}).flatMap(([path, item]) =>
    Object.entries(isJsonObject(item) ? item : {}).flatMap(([word, operation]) => {
      const method = word.toUpperCase();
      const name = `${method} ${path}`;
      const weight = LEFT_OUT.some((pattern) => pattern.test(name)) ? 0 : weightOf(name);
      if (!isJsonObject(operation) || weight === 0) return [];
      const schema = bodySchema(operation);
      const maker = PAGED.test(name) ? pages : wholeLists;
      const value = name.endsWith('templates/validate')
        ? fc.constantFrom(...TEMPLATES_TO_CHECK)
        : maker.value(schema);
      const body: fc.Arbitrary<string | null> =
        schema === undefined
          ? fc.constant(null)
          : fc
              .tuple(value, fc.nat(30))
              .map(([given, index]) => JSON.stringify(tamed(name, given, index)));
      const query = queryParameters(operation, wholeLists);
      const arbitrary = fc
        .tuple(filledPath(path), query, body)
        .map(([filled, asked, sent]): WalkRequest => ({
          operation: name,
          method,
          path: `/api${filled}${asked}`,
          body: sent,
          makes: madeBy(method, path),
          sort: sortDefault(schema, document),
        }));
      return [{ weight, arbitrary }];
    }),
  );
  return fc.oneof(...choices).filter((request) => !isAvoided(request));
};

const isMaker = (name: string): boolean => {
  const [method = '', path = ''] = name.split(' ');
  return madeBy(method, path) !== null;
};

/** The requests that a walk draws from; most are those of `only`, if given. */
export const walkRequests = (
  document: JsonObject,
  only: RegExp | null = null,
): fc.Arbitrary<WalkRequest> =>
  drawn({
    document,
    weightOf: (name) => {
      if (ABOUT_EVENTS.test(name)) return 0;
      const isMeant = only === null || only.test(name);
      if (!isMeant && !isMaker(name)) return 0;
      return usualWeight(name) * (only !== null && isMeant ? FOCUS : 1);
    },
  });

/** Questions about events, for when those of a walk are stored. */
export const eventQuestions = (document: JsonObject): fc.Arbitrary<WalkRequest> =>
  drawn({ document, weightOf: (name) => Number(ABOUT_EVENTS.test(name)) });

export interface WalkPlan {
  readonly seed: number;
  readonly steps: number;
  readonly only?: RegExp | null;
  /** Whether a tenth as many questions about events follow. */
  readonly asksAboutEvents: boolean;
}

/** A walk of random requests, which the seed tells apart from others. */
export const sampleWalk = (
  document: JsonObject,
  { seed, steps, only = null, asksAboutEvents }: WalkPlan,
): readonly WalkRequest[] => {
  const requests = fc.sample(walkRequests(document, only), { seed, numRuns: steps });
  const numRuns = asksAboutEvents ? Math.ceil(steps / 10) : 0;
  const questions = fc.sample(eventQuestions(document), { seed, numRuns });
  return [
    ...requests,
    ...questions.map((question, index) =>
      index === 0 ? { ...question, waitSeconds: SECONDS_TO_STORE } : question,
    ),
  ];
};
