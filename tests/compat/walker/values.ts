import fc from 'fast-check';

import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';

import { shapeOf } from './shapes.ts';
import { EVENT_IDS, ID_KINDS, kindOfFilter, wordsOf } from './words.ts';

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

/** Values that would make an answer depend on the moment or on the order of random ids. */
const FIXED: Readonly<Record<string, JsonValue>> = {
  slot_decay_per_second: 0,
  transition_id: null,
  interval: 3600,
  retry_delay_seconds: 1,
};

/** What a page of a list may be asked for with; only where the walk knows how to compare pages. */
const PAGES: Readonly<Record<string, readonly JsonValue[]>> = {
  limit: [200, 200, 200, 0, 1, 2, 3, 5, 10, 201, -1, '3', 2.5, null],
  offset: [0, 0, 0, 1, 2, 5, 1000, -1, '1', null],
  page: [1, 1, 1, 2, 3, 100, 0, -1, '2', null],
  flow_run_limit: [10, 1, 0, -1, 201],
};

/** A lease that ended during the walk would be found gone by one of them first. */
const LEASE_SECONDS: readonly JsonValue[] = [3600, 3600, 3600, 0.5, 86_401, '3600'];

/** What is mostly there, though it need not be. */
const USUAL: ReadonlySet<string> = new Set([
  'name',
  'key',
  'data',
  'fields',
  'value',
  'parameters',
]);

const WHOLE: Readonly<Record<string, JsonValue>> = { limit: 200, offset: 0 };

/** What was made last, which mostly is still there, or what may have gone since. */
export const madeOf = (kind: string): fc.Arbitrary<string> =>
  fc
    .oneof(
      { weight: 6, arbitrary: fc.integer({ min: -4, max: -1 }) },
      { weight: 1, arbitrary: fc.nat(30) },
    )
    .map((index) => `{{${kind}:${index}}}`);

const reference = (kind: string): fc.Arbitrary<JsonValue> =>
  fc.oneof(
    { weight: 12, arbitrary: madeOf(kind) },
    { weight: 1, arbitrary: fc.constant('00000000-0000-4000-8000-000000000000') },
  );

/** Where in a document a value stands. */
interface Place {
  readonly key: string;
  /** Name of the nearest schema around it that has one. */
  readonly owner: string;
  readonly depth: number;
}

const text = (schema: JsonObject, { key, owner }: Place): fc.Arbitrary<JsonValue> => {
  if (schema['format'] === 'uuid') {
    if (owner === 'Event') return fc.oneof(fc.uuid({ version: 4 }), fc.constantFrom(...EVENT_IDS));
    if (owner === 'EventIDFilter') return fc.constantFrom(...EVENT_IDS);
    return reference(kindOfFilter(owner) ?? ID_KINDS[key] ?? 'flow_runs');
  }
  return fc.constantFrom(...wordsOf({ key, owner, format: schema['format'] }));
};

/** Makes values for the schemas of an interface document, most of them fitting. */
export class ValueMaker {
  readonly #schemas: JsonObject;
  readonly #arePagesCut: boolean;

  constructor(document: JsonObject, { arePagesCut }: { readonly arePagesCut: boolean }) {
    const components = document['components'];
    const schemas = isJsonObject(components) ? components['schemas'] : undefined;
    this.#schemas = isJsonObject(schemas) ? schemas : {};
    this.#arePagesCut = arePagesCut;
  }

  /** A value for the schema, once in a while one of another type. */
  value(
    schema: JsonValue | undefined,
    place: Place = { key: '', owner: '', depth: 0 },
  ): fc.Arbitrary<JsonValue> {
    const { key, depth } = place;
    const fixed = key in FIXED ? FIXED[key] : this.#whole(place);
    if (fixed !== undefined) return fc.constant(fixed);
    const pages = depth === 1 && this.#arePagesCut ? PAGES[key] : undefined;
    if (pages !== undefined) return fc.constantFrom(...pages);
    if (key === 'lease_duration') return fc.constantFrom(...LEASE_SECONDS);
    if (depth > MAX_DEPTH) return fc.constant(null);
    return fc.oneof(
      { weight: 40, arbitrary: this.#fitting(schema, place) },
      { weight: 1, arbitrary: fc.constantFrom(...MISFITS) },
    );
  }

  #whole({ key, owner }: Place): JsonValue | undefined {
    return this.#arePagesCut || owner.startsWith('ConcurrencyLimit') ? undefined : WHOLE[key];
  }

  #fitting(given: JsonValue | undefined, place: Place): fc.Arbitrary<JsonValue> {
    const schema = isJsonObject(given) ? given : {};
    const pointer = schema['$ref'];
    if (typeof pointer === 'string') {
      const owner = pointer.slice(pointer.lastIndexOf('/') + 1);
      return this.#fitting(this.#schemas[owner], { ...place, owner });
    }
    const isOpen = schema['type'] === 'object' && !isJsonObject(schema['properties']);
    const shape = shapeOf({ ...place, isOpen });
    if (shape !== undefined) return shape;
    const members = schema['anyOf'] ?? schema['oneOf'];
    if (Array.isArray(members)) {
      // The first kind of trigger is the one that holds no others.
      const last = place.key === 'triggers' && place.depth > 4 ? 0 : members.length - 1;
      // A member is looked at only when it is drawn: triggers hold triggers.
      return fc.nat(last).chain((index) => this.value(members[index], deeper(place)));
    }
    if ('const' in schema) return fc.constant(schema['const'] ?? null);
    const words = schema['enum'];
    if (Array.isArray(words)) return fc.constantFrom(...words);
    return this.#ofType(schema, place);
  }

  #ofType(schema: JsonObject, place: Place): fc.Arbitrary<JsonValue> {
    switch (schema['type']) {
      case 'string':
        return text(schema, place);
      case 'integer':
        return fc.constantFrom(0, 1, 2, 5, 100);
      case 'number':
        return place.key === 'history_interval_seconds'
          ? fc.constantFrom(7200, 86_400, 0.5, 0)
          : fc.constantFrom(0, 0.5, 1, 60);
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      case 'array':
        return fc.array(this.value(schema['items'], deeper(place)), { maxLength: 2 });
      case 'object':
        return this.#object(schema, place);
      default:
        return fc.constantFrom<JsonValue>(null, 'alpha', 1, { a: 'b' });
    }
  }

  #object(schema: JsonObject, { owner, depth }: Place): fc.Arbitrary<JsonValue> {
    const { properties, required } = schema;
    if (!isJsonObject(properties)) return fc.constantFrom<JsonValue>({}, { alpha: 'beta' });
    const needed = Array.isArray(required) ? required : [];
    // A criterion without its words would hold for everything.
    const isCriterion = /Filter./u.test(owner);
    const parts = Object.entries(properties).map(([key, part]) => {
      const isNeeded = needed.includes(key);
      const present = this.value(part, { key, owner, depth: depth + 1 });
      return fc.oneof(
        {
          weight: isNeeded ? 40 : USUAL.has(key) ? 6 : 1,
          arbitrary: present.map((value): JsonObject => ({ [key]: value })),
        },
        { weight: isNeeded || isCriterion ? 1 : 2, arbitrary: fc.constant<JsonObject>({}) },
      );
    });
    const stranger = fc.oneof(
      { weight: 40, arbitrary: fc.constant<JsonObject>({}) },
      { weight: 1, arbitrary: fc.constant<JsonObject>({ stranger: 1 }) },
    );
    return fc.tuple(...parts, stranger).map((found): JsonObject => Object.assign({}, ...found));
  }
}

const deeper = (place: Place): Place => ({ ...place, depth: place.depth + 1 });
