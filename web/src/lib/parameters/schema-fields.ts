type Json = Readonly<Record<string, unknown>>;

/** How a value is asked for; `json` for everything that has no plain field. */
export type FieldKind =
  | 'text'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'choice'
  | 'moment'
  | 'password'
  | 'json';

/** One property of a JSON schema as a field of a form. */
export type SchemaField = {
  readonly name: string;
  readonly title: string;
  readonly description: string | null;
  readonly kind: FieldKind;
  readonly isRequired: boolean;
  /** What may be chosen, for a `choice`. */
  readonly choices: readonly unknown[];
  /** The value without a word; undefined when there is none. */
  readonly fallback: unknown;
};

/** What a field says: a value, nothing at all, or what is wrong with it. */
export type FieldReading =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'fault'; readonly fault: string };

export const isJsonObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const follow = (root: Json, reference: string): unknown =>
  reference
    .replace(/^#\//u, '')
    .split('/')
    .reduce<unknown>((at, part) => (isJsonObject(at) ? at[part] : undefined), root);

/** The schema of a property without references, without null and without alternatives of one. */
const plain = (root: Json, given: unknown, depth = 0): Json => {
  if (!isJsonObject(given) || depth > 8) return {};
  const { $ref: reference, allOf, anyOf, oneOf, ...own } = given;
  if (typeof reference === 'string') {
    return { ...plain(root, follow(root, reference), depth + 1), ...own };
  }
  const [only, ...others] = listOf(allOf ?? anyOf ?? oneOf).filter(
    (part) => !(isJsonObject(part) && part['type'] === 'null'),
  );
  if (only === undefined) return own;
  if (others.length > 0) return { ...own, type: 'several' };
  return { ...plain(root, only, depth + 1), ...own };
};

const kindOf = (schema: Json): FieldKind => {
  if (Array.isArray(schema['enum'])) return 'choice';
  switch (schema['type']) {
    case 'string':
      if (schema['format'] === 'date-time') return 'moment';
      return schema['format'] === 'password' || schema['writeOnly'] === true ? 'password' : 'text';
    case 'integer':
    case 'number':
    case 'boolean':
      return schema['type'];
    default:
      return 'json';
  }
};

const positionOf = (schema: Json): number =>
  typeof schema['position'] === 'number' ? schema['position'] : Number.MAX_SAFE_INTEGER;

/** The fields that a JSON schema of an object asks for, in the order that Prefect gives them. */
export const schemaFields = (schema: Json | null): readonly SchemaField[] => {
  const root = schema ?? {};
  const properties = isJsonObject(root['properties']) ? root['properties'] : {};
  const required = new Set(listOf(root['required']));
  return Object.entries(properties)
    .map(([name, given]) => ({ name, schema: plain(root, given) }))
    .toSorted((left, right) => positionOf(left.schema) - positionOf(right.schema))
    .map(({ name, schema: property }) => ({
      name,
      title: name,
      description: typeof property['description'] === 'string' ? property['description'] : null,
      kind: kindOf(property),
      isRequired: required.has(name),
      choices: listOf(property['enum']),
      fallback: property['default'],
    }));
};

/** The text that stands in a field for a value. */
export const fieldText = ({ kind }: Pick<SchemaField, 'kind'>, value: unknown): string => {
  if (value === undefined || (value === null && kind !== 'json')) return '';
  const isWord = kind === 'text' || kind === 'password' || kind === 'moment';
  return isWord && typeof value === 'string' ? value : JSON.stringify(value, null, 2);
};

const fault = (text: string): FieldReading => ({ kind: 'fault', fault: text });

const parse = (text: string): FieldReading => {
  try {
    return { kind: 'value', value: JSON.parse(text) };
  } catch {
    return fault('This is not JSON.');
  }
};

const readNumber = (text: string, isWhole: boolean): FieldReading => {
  const value = Number(text);
  if (!Number.isFinite(value)) return fault('This is not a number.');
  return isWhole && !Number.isInteger(value)
    ? fault('This is not a whole number.')
    : { kind: 'value', value };
};

/** Reads what stands in a field. */
export const readField = (
  { kind, isRequired }: Pick<SchemaField, 'kind' | 'isRequired'>,
  text: string,
): FieldReading => {
  if (text.trim() === '') return isRequired ? fault('It is needed.') : { kind: 'nothing' };
  switch (kind) {
    case 'integer':
    case 'number':
      return readNumber(text, kind === 'integer');
    case 'text':
    case 'password':
    case 'moment':
      return { kind: 'value', value: text };
    default:
      return parse(text);
  }
};

/** Reads a JSON object; null when the text is none. */
export const parseObject = (text: string): Record<string, unknown> | null => {
  const reading = parse(text);
  return reading.kind === 'value' && isJsonObject(reading.value) ? reading.value : null;
};
