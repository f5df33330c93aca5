import { createHash } from 'node:crypto';

import { pythonJson } from './python-json.ts';

/** An object of a schema, whose numbers may have kept their spelling. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const withoutSecretFields = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutSecretFields);
  // A number that kept its spelling is an object, but no plain one.
  if (!isFields(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'secret_fields')
      .map(([key, item]) => [key, withoutSecretFields(item)]),
  );
};

/** The names of the definitions that a schema refers to anywhere inside. */
export const referencedDefinitions = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(referencedDefinitions);
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === '$ref' && typeof item === 'string'
      ? [item.replace('#/definitions/', '')]
      : referencedDefinitions(item),
  );
};

type Admits = (definition: Fields) => boolean;

/** Those of the definitions that can be reached from a schema by way of others that are admitted; empty ones never are. */
export const reachableDefinitions = (
  from: unknown,
  { definitions, admits }: { readonly definitions: Fields; readonly admits: Admits },
): Readonly<Record<string, unknown>> => {
  const found = new Map<string, unknown>();
  const visit = (value: unknown): void => {
    for (const name of referencedDefinitions(value)) {
      const definition = definitions[name];
      if (found.has(name) || !isFields(definition)) continue;
      if (Object.keys(definition).length === 0 || !admits(definition)) continue;
      found.set(name, definition);
      visit(definition);
    }
  };
  visit(from);
  return Object.fromEntries(found);
};

// Blocks have schemas of their own, which have checksums of their own.
const isNoBlock: Admits = (definition) => (definition['block_type_slug'] ?? null) === null;

/**
 * The checksum that identifies the fields of a block schema, equal to the one that Prefect's client computes:
 * SHA-256 over Python's JSON of the fields without secrets and without the definitions of nested blocks.
 */
export const schemaChecksum = (fields: unknown): string => {
  const cleaned = withoutSecretFields(fields);
  const { definitions, ...rest } = isFields(cleaned) ? cleaned : {};
  const kept = isFields(definitions)
    ? reachableDefinitions(cleaned, { definitions, admits: isNoBlock })
    : {};
  const isEmptyObject = isFields(definitions) && Object.keys(definitions).length === 0;
  const hashed = {
    ...rest,
    ...(Object.keys(kept).length > 0 ? { definitions: kept } : {}),
    ...(isEmptyObject ? { definitions } : {}),
  };
  const text = `[[${pythonJson(hashed)}], {}]`;
  return `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`;
};
