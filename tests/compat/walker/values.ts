import fc from 'fast-check';

import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';

/** Few words, so that requests meet what others made. */
const WORDS = ['alpha', 'beta', 'gamma', 'a b', 'x/y', 'Ünï'] as const;
const TIMES = ['2020-01-01T00:00:00Z', '2040-06-30T12:00:00+02:00', '2020-02-30', 'now'] as const;
const MISFITS: readonly JsonValue[] = [
  null,
  true,
  7,
  -1,
  1.5,
  '5',
  'junk',
  [],
  {},
  ['junk'],
  { a: 1 },
];
const MAX_DEPTH = 9;

/** Properties that hold the id of something: the walk fills one in that exists on each server. */
const ID_KINDS: Readonly<Record<string, string>> = {
  automation_id: 'automations',
  deployment_id: 'deployments',
  flow_id: 'flows',
  flow_run_id: 'flow_runs',
  lease_id: 'leases',
  parent_flow_run_id: 'flow_runs',
  parent_task_run_id: 'task_runs',
  task_run_id: 'task_runs',
  work_queue_id: 'work_queues',
};

/** Values that would make an answer depend on the moment or on the order of random ids. */
const FIXED: Readonly<Record<string, JsonValue>> = {
  limit: 200,
  offset: 0,
  slot_decay_per_second: 0,
  transition_id: null,
  interval: 3600,
  retry_delay_seconds: 1,
  // Rows that nothing of the walk makes.
  infrastructure_document_id: null,
  storage_document_id: null,
};

const reference = (kind: string): fc.Arbitrary<JsonValue> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.nat(30).map((index) => `{{${kind}:${index}}}`) },
    { weight: 1, arbitrary: fc.constant('00000000-0000-4000-8000-000000000000') },
  );

const text = (schema: JsonObject, key: string): fc.Arbitrary<JsonValue> => {
  if (schema['format'] === 'uuid') return reference(ID_KINDS[key] ?? 'flow_runs');
  if (schema['format'] === 'date-time') return fc.constantFrom(...TIMES);
  if (key === 'cron') return fc.constantFrom('0 0 * * *', '*/5 * * * *', 'junk');
  if (key === 'rrule') return fc.constantFrom('FREQ=DAILY', 'FREQ=NEVER');
  if (key === 'timezone') return fc.constantFrom('UTC', 'Europe/Berlin', 'Nowhere/Land');
  return fc.constantFrom(...WORDS);
};

/** Makes values for the schemas of an interface document, most of them fitting. */
export class ValueMaker {
  readonly #schemas: JsonObject;

  constructor(document: JsonObject) {
    const components = document['components'];
    const schemas = isJsonObject(components) ? components['schemas'] : undefined;
    this.#schemas = isJsonObject(schemas) ? schemas : {};
  }

  /** A value for the schema, once in a while one of another type. */
  value(schema: JsonValue | undefined, key = '', depth = 0): fc.Arbitrary<JsonValue> {
    const fixed = FIXED[key];
    if (fixed !== undefined) return fc.constant(fixed);
    if (depth > MAX_DEPTH) return fc.constant(null);
    return fc.oneof(
      { weight: 40, arbitrary: this.#fitting(this.#resolve(schema), key, depth) },
      { weight: 1, arbitrary: fc.constantFrom(...MISFITS) },
    );
  }

  #resolve(schema: JsonValue | undefined): JsonObject {
    if (!isJsonObject(schema)) return {};
    const pointer = schema['$ref'];
    if (typeof pointer !== 'string') return schema;
    return this.#resolve(this.#schemas[pointer.slice(pointer.lastIndexOf('/') + 1)]);
  }

  #fitting(schema: JsonObject, key: string, depth: number): fc.Arbitrary<JsonValue> {
    const members = schema['anyOf'] ?? schema['oneOf'];
    if (Array.isArray(members)) {
      // A member is looked at only when it is drawn: triggers hold triggers.
      return fc
        .nat(members.length - 1)
        .chain((index) => this.value(members[index], key, depth + 1));
    }
    if ('const' in schema) return fc.constant(schema['const'] ?? null);
    const words = schema['enum'];
    if (Array.isArray(words)) return fc.constantFrom(...words);
    return this.#ofType(schema, key, depth);
  }

  #ofType(schema: JsonObject, key: string, depth: number): fc.Arbitrary<JsonValue> {
    switch (schema['type']) {
      case 'string':
        return text(schema, key);
      case 'integer':
        return fc.constantFrom(0, 1, 2, 5, 100);
      case 'number':
        return fc.constantFrom(0, 0.5, 1, 60);
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      case 'array':
        return fc.array(this.value(schema['items'], key, depth + 1), { maxLength: 2 });
      case 'object':
        return this.#object(schema, depth);
      default:
        return fc.constantFrom<JsonValue>(null, 'alpha', 1, { a: 'b' });
    }
  }

  #object(schema: JsonObject, depth: number): fc.Arbitrary<JsonValue> {
    const { properties, required } = schema;
    if (!isJsonObject(properties)) return fc.constantFrom<JsonValue>({}, { alpha: 'beta' });
    const needed = Array.isArray(required) ? required : [];
    const parts = Object.entries(properties).map(([key, part]) => {
      const isNeeded = needed.includes(key);
      const present = this.value(part, key, depth + 1);
      return fc.oneof(
        {
          weight: isNeeded ? 40 : 1,
          arbitrary: present.map((value): JsonObject => ({ [key]: value })),
        },
        { weight: isNeeded ? 1 : 3, arbitrary: fc.constant<JsonObject>({}) },
      );
    });
    const stranger = fc.oneof(
      { weight: 40, arbitrary: fc.constant<JsonObject>({}) },
      { weight: 1, arbitrary: fc.constant<JsonObject>({ stranger: 1 }) },
    );
    return fc.tuple(...parts, stranger).map((found): JsonObject => Object.assign({}, ...found));
  }
}
