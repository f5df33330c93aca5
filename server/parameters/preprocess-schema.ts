import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';

export interface PreprocessOptions {
  /** Whether a field with a default may be null too. */
  readonly allowNoneWithDefault: boolean;
}

const listOf = (value: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(value) ? value : [];

const withNull = (field: JsonObject): JsonObject => {
  const { type = null, ...rest } = field;
  return { ...rest, anyOf: [{ type }, { type: 'null' }] };
};

const withPrefixItems = (field: JsonObject): JsonObject => {
  const { items, ...rest } = field;
  if (!Array.isArray(items) || items.length === 0 || listOf(field['prefixItems']).length > 0) {
    return field;
  }
  return { ...rest, prefixItems: items };
};

interface Field {
  readonly schema: JsonObject;
  readonly isRequired: boolean;
}

const processField = ({ schema, isRequired }: Field, options: PreprocessOptions): JsonObject => {
  const isOptional =
    !isRequired &&
    'type' in schema &&
    schema['type'] !== 'null' &&
    (!('default' in schema) || options.allowNoneWithDefault);
  const field = withPrefixItems(isOptional ? withNull(schema) : schema);
  return 'properties' in field ? withProcessedProperties(field, options) : field;
};

const withProcessedProperties = (schema: JsonObject, options: PreprocessOptions): JsonObject => {
  const { properties } = schema;
  if (!isJsonObject(properties)) return schema;
  const required = listOf(schema['required']);
  const processed = Object.entries(properties).map(([name, field]): [string, JsonValue] => [
    name,
    isJsonObject(field)
      ? processField({ schema: field, isRequired: required.includes(name) }, options)
      : field,
  ]);
  return { ...schema, properties: Object.fromEntries(processed) };
};

const BLOCK_REFERENCE: JsonObject = {
  type: 'object',
  properties: {
    $ref: {
      oneOf: [
        { type: 'string', format: 'uuid' },
        { type: 'object', additionalProperties: { type: 'string' }, minProperties: 1 },
      ],
    },
  },
  required: ['$ref'],
};

const processDefinitions = (definitions: JsonObject, options: PreprocessOptions): JsonObject => {
  const result = new Map<string, JsonValue>(Object.entries(definitions));
  for (const [name, definition] of Object.entries(definitions)) {
    if (!isJsonObject(definition)) continue;
    const processed = withProcessedProperties(definition, options);
    result.set(name, processed);
    const { title } = definition;
    if (!('block_type_slug' in definition) || typeof title !== 'string') continue;
    // A block may be given by its id instead of by its fields.
    result.set(title, { oneOf: [processed, BLOCK_REFERENCE] });
  }
  return Object.fromEntries(result);
};

/**
 * Mends schemas as pydantic 1 wrote them, the way Prefect does: fields that are not required may be null, lists of
 * `items` become `prefixItems`, and blocks may be given by reference.
 */
export const preprocessSchema = (schema: JsonObject, options: PreprocessOptions): JsonObject => {
  const processed = withProcessedProperties(schema, options);
  const { definitions } = processed;
  if (!isJsonObject(definitions)) return processed;
  return { ...processed, definitions: processDefinitions(definitions, options) };
};

/** The schema with every `required` left out, at any depth. */
export const withoutRequired = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map(withoutRequired);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'required')
      .map(([key, item]): [string, JsonValue] => [key, withoutRequired(item)]),
  );
};
