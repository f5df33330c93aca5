import type { ErrorObject } from 'ajv';

import { pythonText } from './python-text.ts';

/** A place in a value, from its top. */
export type Path = readonly (string | number)[];

/** One way in which a value does not fit its schema, in the words of Python's validator. */
export interface SchemaFault {
  readonly path: Path;
  readonly keyword: string;
  readonly message: string;
  readonly value: unknown;
  /** The missing key, for `required`. */
  readonly missing: string | null;
  /** Why each of several alternatives does not fit either. */
  readonly context: readonly SchemaFault[];
  /** Whether the value is at least of the type that the schema asks for. */
  readonly matchesType: boolean;
}

const listed = (names: readonly string[]): string => names.map(pythonText).join(', ');

const params = (error: ErrorObject): Readonly<Record<string, unknown>> => error.params;

const textParam = (error: ErrorObject, name: string): string => String(params(error)[name]);

const typesOf = (schema: unknown): readonly string[] =>
  Array.isArray(schema) ? schema.map(String) : [String(schema)];

const isEmpty = (value: unknown): boolean =>
  typeof value === 'string' || Array.isArray(value)
    ? value.length === 0
    : typeof value === 'object' && value !== null && Object.keys(value).length === 0;

const lengthMessage = (error: ErrorObject, isLower: boolean): string => {
  const value = pythonText(error.data);
  const limit = params(error)['limit'];
  if (isLower && limit === 1 && isEmpty(error.data)) return `${value} should be non-empty`;
  if (!isLower && limit === 0) return `${value} is expected to be empty`;
  if (error.keyword.endsWith('Properties')) {
    return isLower
      ? `${value} does not have enough properties`
      : `${value} has too many properties`;
  }
  return `${value} is too ${isLower ? 'short' : 'long'}`;
};

const itemsMessage = (error: ErrorObject): string => {
  const limit = Number(params(error)['limit']);
  const extra = Array.isArray(error.data) ? error.data.slice(limit) : [];
  const [only] = extra;
  const found = extra.length === 1 ? pythonText(only) : pythonText(extra);
  return `Expected at most ${limit} item${limit === 1 ? '' : 's'} but found ${extra.length} extra: ${found}`;
};

type Say = (error: ErrorObject, value: string) => string;

const MESSAGES: Readonly<Record<string, Say>> = {
  type: (error, value) => `${value} is not of type ${listed(typesOf(error.schema))}`,
  required: (error) => `${pythonText(textParam(error, 'missingProperty'))} is a required property`,
  dependentRequired: (error) =>
    `${pythonText(textParam(error, 'missingProperty'))} is a dependency of ${pythonText(textParam(error, 'property'))}`,
  enum: (error, value) => `${value} is not one of ${pythonText(error.schema)}`,
  const: (error) => `${pythonText(error.schema)} was expected`,
  pattern: (error, value) => `${value} does not match ${pythonText(error.schema)}`,
  format: (error, value) => `${value} is not a ${pythonText(error.schema)}`,
  minimum: (error, value) => `${value} is less than the minimum of ${pythonText(error.schema)}`,
  maximum: (error, value) => `${value} is greater than the maximum of ${pythonText(error.schema)}`,
  exclusiveMinimum: (error, value) =>
    `${value} is less than or equal to the minimum of ${pythonText(error.schema)}`,
  exclusiveMaximum: (error, value) =>
    `${value} is greater than or equal to the maximum of ${pythonText(error.schema)}`,
  multipleOf: (error, value) => `${value} is not a multiple of ${pythonText(error.schema)}`,
  minLength: (error) => lengthMessage(error, true),
  minItems: (error) => lengthMessage(error, true),
  minProperties: (error) => lengthMessage(error, true),
  maxLength: (error) => lengthMessage(error, false),
  maxItems: (error) => lengthMessage(error, false),
  maxProperties: (error) => lengthMessage(error, false),
  uniqueItems: (_, value) => `${value} has non-unique elements`,
  contains: (_, value) => `${value} does not contain items matching the given schema`,
  items: itemsMessage,
  not: (error, value) => `${value} should not be valid under ${pythonText(error.schema)}`,
  anyOf: (_, value) => `${value} is not valid under any of the given schemas`,
  'false schema': (_, value) => `False schema does not allow ${value}`,
};

const oneOfMessage = (error: ErrorObject, value: string): string => {
  const passing = params(error)['passingSchemas'];
  if (!Array.isArray(passing)) return `${value} is not valid under any of the given schemas`;
  const alternatives: readonly unknown[] = Array.isArray(error.schema) ? error.schema : [];
  // The one that was found first comes last, as Python's validator has it.
  const [first, ...others] = passing.map((index) => alternatives[Number(index)]);
  return `${value} is valid under each of ${[...others, first].map(pythonText).join(', ')}`;
};

const messageOf = (error: ErrorObject): string => {
  const value = pythonText(error.data);
  if (error.keyword === 'oneOf') return oneOfMessage(error, value);
  return MESSAGES[error.keyword]?.(error, value) ?? `${value} ${error.message ?? 'is not valid'}`;
};

const pathOf = (error: ErrorObject, root: unknown): Path => {
  const path: (string | number)[] = [];
  let value = root;
  for (const part of error.instancePath.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(value) ? Number(key) : key);
    // Every step of an instance path was found in the instance.
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return path;
};

const typeName = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
};

const matchesType = (error: ErrorObject): boolean => {
  // Ajv is told to be verbose, so the schema around the keyword comes along.
  const schema = error.parentSchema as Readonly<Record<string, unknown>> | boolean | undefined;
  if (typeof schema !== 'object' || schema['type'] === undefined) return false;
  const name = typeName(error.data);
  return typesOf(schema['type']).some(
    (type) => type === name || (type === 'number' && name === 'integer'),
  );
};

/** Keywords whose alternatives leave faults of their own before the one that counts. */
const COMPOUND = new Set(['anyOf', 'oneOf', 'contains', 'not']);
/** Keywords that only repeat what was said before them. */
const ECHOES = new Set(['if', 'propertyNames', 'additionalItems']);

const isBelow = (fault: ErrorObject, compound: ErrorObject): boolean => {
  if (!fault.instancePath.startsWith(compound.instancePath)) return false;
  const siblings = compound.schemaPath.slice(0, compound.schemaPath.lastIndexOf('/') + 1);
  // A schema that is reached by reference has a path of its own.
  return (
    fault.schemaPath.startsWith(`${compound.schemaPath}/`) || !fault.schemaPath.startsWith(siblings)
  );
};

interface Entry {
  readonly error: ErrorObject;
  readonly fault: SchemaFault;
}

const takeContext = (entries: Entry[], compound: ErrorObject): readonly SchemaFault[] => {
  const context: SchemaFault[] = [];
  for (let last = entries.at(-1); last !== undefined; last = entries.at(-1)) {
    if (!isBelow(last.error, compound)) break;
    context.unshift(last.fault);
    entries.pop();
  }
  return context;
};

/** Python's validator tells of all keys that are too many at once. */
const mergeExtraKeys = (errors: readonly ErrorObject[], error: ErrorObject): string | null => {
  const extra = errors
    .filter(
      ({ keyword, schemaPath, instancePath }) =>
        keyword === error.keyword &&
        schemaPath === error.schemaPath &&
        instancePath === error.instancePath,
    )
    .map((one) => textParam(one, 'additionalProperty'));
  if (extra[0] !== textParam(error, 'additionalProperty')) return null;
  const verb = extra.length === 1 ? 'was' : 'were';
  return `Additional properties are not allowed (${listed(extra)} ${verb} unexpected)`;
};

const around = ({ schemaPath, instancePath }: ErrorObject): string =>
  `${schemaPath.slice(0, schemaPath.lastIndexOf('/'))} ${instancePath}`;

const keywordPlace = ({ parentSchema, keyword }: ErrorObject): number =>
  Object.keys(parentSchema ?? {}).indexOf(keyword);

/** Python's validator looks at the keywords of a schema as they are written, Ajv at types first. */
const asWritten = (entries: readonly Entry[]): readonly Entry[] => {
  const places = Map.groupBy(entries.keys(), (index) => {
    const entry = entries[index];
    return entry === undefined ? '' : around(entry.error);
  });
  const sorted = [...entries];
  for (const indexes of places.values()) {
    const group = indexes.flatMap((index) => entries[index] ?? []);
    group.sort((left, right) => keywordPlace(left.error) - keywordPlace(right.error));
    for (const [at, entry] of group.entries()) sorted[indexes[at] ?? 0] = entry;
  }
  return sorted;
};

/** Puts Ajv's faults in the shape and words of Python's validator. */
export const toSchemaFaults = (
  errors: readonly ErrorObject[],
  root: unknown,
): readonly SchemaFault[] => {
  const entries: Entry[] = [];
  for (const error of errors) {
    if (ECHOES.has(error.keyword)) continue;
    const isExtraKey = error.keyword === 'additionalProperties';
    const message = isExtraKey ? mergeExtraKeys(errors, error) : messageOf(error);
    if (message === null) continue;
    const context = COMPOUND.has(error.keyword) ? takeContext(entries, error) : [];
    const fault: SchemaFault = {
      path: pathOf(error, root),
      keyword: error.keyword,
      message,
      value: error.data,
      missing: error.keyword === 'required' ? textParam(error, 'missingProperty') : null,
      context: error.keyword === 'anyOf' || error.keyword === 'oneOf' ? context : [],
      matchesType: matchesType(error),
    };
    entries.push({ error, fault });
  }
  return asWritten(entries).map(({ fault }) => fault);
};
