import { z } from 'zod';

import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';

const LOCAL = '#/$defs/';
const SHARED = '#/components/schemas/';

/** The keys without which an object is refused; a schema of ours takes anything, so only trying it tells. */
const requiredKeys = (schema: z.core.$ZodType): readonly string[] =>
  schema instanceof z.ZodObject
    ? Object.entries<z.ZodType>(schema.shape)
        .filter(([, field]) => !field.safeParse(undefined).success)
        .map(([key]) => key)
    : [];

const pointToShared = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map(pointToShared);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string'
        ? inner.replace(LOCAL, SHARED)
        : pointToShared(inner),
    ]),
  );
};

interface Described {
  readonly zodSchema: z.core.$ZodTypes;
  readonly jsonSchema: z.core.JSONSchema.BaseSchema;
}

/** Bounds of whole numbers that come from the language, not from the interface. */
const dropSafeBounds = (jsonSchema: z.core.JSONSchema.BaseSchema): void => {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
};

/** Puts back what zod leaves out of a schema that converts what it reads. */
const complete = ({ zodSchema, jsonSchema }: Described): void => {
  dropSafeBounds(jsonSchema);
  const required = requiredKeys(zodSchema);
  if (required.length > 0) jsonSchema.required = [...required];
  else if (zodSchema instanceof z.ZodObject) delete jsonSchema.required;
  if (zodSchema instanceof z.ZodDefault) {
    const { defaultValue } = zodSchema.def;
    if (defaultValue !== undefined && !('default' in jsonSchema)) jsonSchema.default = defaultValue;
  }
};

/** Describes a schema as JSON Schema; those of its parts that have a name go among the components. */
export const describeSchema = (
  schema: z.ZodType,
  components: Map<string, JsonValue>,
): JsonObject => {
  const { $schema: _, ...described } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    target: 'draft-2020-12',
    override: complete,
  });
  // A JSON Schema is made of JSON.
  const { $defs, ...own } = pointToShared(described as JsonObject) as JsonObject;
  for (const [name, part] of Object.entries(isJsonObject($defs) ? $defs : {})) {
    components.set(name, part);
  }
  const { id, ...unnamed } = own;
  if (typeof id !== 'string') return own;
  components.set(id, unnamed);
  return { $ref: `${SHARED}${id}` };
};
