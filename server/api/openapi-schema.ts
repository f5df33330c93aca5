import { z } from 'zod';

import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';

import { describingShape } from './wire/pydantic/refusal.ts';

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

/** Defaults that are made anew for each value, lists and objects, are not part of Prefect's document. */
const completeDefault = ({ def }: z.ZodDefault, jsonSchema: z.core.JSONSchema.BaseSchema): void => {
  if (typeof def.defaultValue === 'object') delete jsonSchema.default;
  else if (def.defaultValue !== undefined) jsonSchema.default ??= def.defaultValue;
};

/** A tuple has just the members it names. */
const completeTuple = ({ def }: z.ZodTuple, jsonSchema: z.core.JSONSchema.BaseSchema): void => {
  delete jsonSchema.items;
  jsonSchema.minItems = def.items.length;
  jsonSchema.maxItems = def.items.length;
};

/** Puts back what zod leaves out of a schema that converts what it reads. */
const complete = ({ zodSchema, jsonSchema }: Described): void => {
  dropSafeBounds(jsonSchema);
  const required = requiredKeys(zodSchema);
  if (required.length > 0) jsonSchema.required = [...required];
  else if (zodSchema instanceof z.ZodObject) delete jsonSchema.required;
  if (zodSchema instanceof z.ZodDefault) completeDefault(zodSchema, jsonSchema);
  if (zodSchema instanceof z.ZodTuple) completeTuple(zodSchema, jsonSchema);
  const told = z.globalRegistry.get(zodSchema)?.['default'];
  if (told !== undefined) jsonSchema.default = told;
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
    override: (part) => {
      const shape = describingShape(part.zodSchema);
      if (shape !== null) Object.assign(part.jsonSchema, describeSchema(shape, components));
      complete(part);
    },
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
