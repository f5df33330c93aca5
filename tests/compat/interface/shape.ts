import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';

/** What of a JSON Schema a client can depend on, flattened: a path below the schema and what stands there. */
export type Shape = ReadonlyMap<string, string>;

const RULES = [
  'default',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'format',
  'maxItems',
  'maxLength',
  'maximum',
  'minItems',
  'minLength',
  'minimum',
  'pattern',
  'uniqueItems',
] as const;

/** Nesting below which a schema that contains itself is not followed any further. */
const MAX_DEPTH = 9;

const resolve = (document: JsonObject, schema: JsonValue | undefined): JsonObject => {
  if (!isJsonObject(schema)) return {};
  const reference = schema['$ref'];
  if (typeof reference !== 'string') return schema;
  let found: JsonValue | undefined = document;
  for (const step of reference.replace(/^#\//u, '').split('/')) {
    found = isJsonObject(found) ? found[step] : undefined;
  }
  const { $ref: _, ...beside } = schema;
  return { ...resolve(document, found), ...beside };
};

const membersOf = (schema: JsonObject): readonly JsonValue[] | null => {
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    const members = schema[key];
    if (Array.isArray(members)) return members;
  }
  const { type } = schema;
  if (!Array.isArray(type)) return null;
  return type.map((each) => ({ ...schema, type: each }));
};

/** Members of members count as members: a union in a union admits the same values. */
const flatMembers = (document: JsonObject, schema: JsonObject): readonly JsonObject[] => {
  const members = membersOf(schema);
  if (members === null) return [schema];
  return members.flatMap((member) => flatMembers(document, resolve(document, member)));
};

const byCodePoints = (left: string, right: string): number => {
  if (left === right) return 0;
  return left < right ? -1 : 1;
};

const kindOf = (schema: JsonObject): string => {
  const words = 'const' in schema ? [schema['const']] : schema['enum'];
  if (Array.isArray(words))
    return `one of ${JSON.stringify(words.map(String).toSorted(byCodePoints))}`;
  const { type } = schema;
  return typeof type === 'string' ? type : 'anything';
};

/** The only word that a property may hold, which tells what kind of object it stands in. */
const onlyWordOf = (property: JsonValue): string => {
  if (!isJsonObject(property)) return '';
  const words = 'const' in property ? [property['const']] : property['enum'];
  return Array.isArray(words) && words.length === 1 ? `=${JSON.stringify(words[0])}` : '';
};

/** What a schema admits, in words; a union with anything is anything. */
const kindsOf = (labels: readonly string[]): string => {
  const kinds = new Set(labels.map((label) => label.replace(/^object of .*/u, 'object')));
  return kinds.has('anything') ? 'anything' : Array.from(kinds).join(' | ');
};

/** Tells the members of a union apart, whatever their order: by kind, for objects by their keys. */
const labelOf = (schema: JsonObject): string => {
  const kind = kindOf(schema);
  const properties = schema['properties'];
  if (kind !== 'object' || !isJsonObject(properties)) return kind;
  const constants = Object.entries(properties)
    .map(([key, value]) => `${key}${onlyWordOf(value)}`)
    .toSorted(byCodePoints);
  return `object of ${constants.join(' ')}`;
};

const describe = (
  document: JsonObject,
  given: JsonValue | undefined,
  at: { readonly path: string; readonly depth: number; readonly into: Map<string, string> },
): void => {
  const { path, depth, into } = at;
  const schema = resolve(document, given);
  if ('default' in schema) into.set(`${path} default`, JSON.stringify(schema['default']));
  const members = flatMembers(document, schema);
  const labels = members.map(labelOf).toSorted(byCodePoints);
  into.set(path, kindsOf(labels));
  if (depth > MAX_DEPTH) return;
  for (const member of members) {
    const isAlone = members.filter((other) => kindOf(other) === kindOf(member)).length === 1;
    const here = isAlone ? path : `${path}<${labelOf(member)}>`;
    for (const rule of RULES) {
      if (rule !== 'default' && rule in member)
        into.set(`${here} ${rule}`, JSON.stringify(member[rule]));
    }
    describeParts(document, member, { path: here, depth: depth + 1, into });
  }
};

const describeParts = (
  document: JsonObject,
  schema: JsonObject,
  at: { readonly path: string; readonly depth: number; readonly into: Map<string, string> },
): void => {
  const { path, depth, into } = at;
  const { properties, required, items, additionalProperties } = schema;
  if (isJsonObject(properties)) {
    for (const [key, value] of Object.entries(properties)) {
      describe(document, value, { path: `${path}.${key}`, depth, into });
    }
  }
  const needed = Array.isArray(required) ? required : [];
  for (const key of needed) into.set(`${path}.${String(key)} required`, 'yes');
  if (items !== undefined) describe(document, items, { path: `${path}[]`, depth, into });
  if (additionalProperties === false) into.set(`${path} closed`, 'yes');
  if (isJsonObject(additionalProperties) && Object.keys(additionalProperties).length > 0) {
    describe(document, additionalProperties, { path: `${path}{}`, depth, into });
  }
};

/** Flattens a schema of the document, with references followed. */
export const shapeOf = (
  document: JsonObject,
  schema: JsonValue | undefined,
  path: string,
): Shape => {
  const into = new Map<string, string>();
  describe(document, schema, { path, depth: 0, into });
  return into;
};
