import { ServerError } from '#server/errors.ts';

import {
  type Fields,
  isFields,
  reachableDefinitions,
  referencedDefinitions,
} from './schema-checksum.ts';

/** A block that is nested in the fields of another one. */
export interface NestedSchema {
  /** The field that holds it. */
  readonly name: string;
  readonly blockTypeSlug: string;
  readonly checksum: string;
}

const malformed = (): ServerError =>
  new ServerError(
    'INVALID',
    'Each of `block_schema_references` must name a `block_type_slug` and a `block_schema_checksum`.',
  );

const toNestedSchema = (name: string, reference: unknown): NestedSchema => {
  if (!isFields(reference)) throw malformed();
  const { block_type_slug: blockTypeSlug, block_schema_checksum: checksum } = reference;
  if (typeof blockTypeSlug !== 'string' || typeof checksum !== 'string') throw malformed();
  return { name, blockTypeSlug, checksum };
};

/** The blocks nested in the fields of a schema; a field that may hold one of several blocks gives several. INVALID when they are malformed. */
export const nestedSchemas = (fields: Fields): readonly NestedSchema[] => {
  const references = fields['block_schema_references'] ?? {};
  if (!isFields(references)) throw malformed();
  return Object.entries(references).flatMap(([name, reference]) =>
    (Array.isArray(reference) ? reference : [reference]).map((one) => toNestedSchema(name, one)),
  );
};

const definitionsOf = (fields: Fields): Fields => {
  const { definitions } = fields;
  return isFields(definitions) ? definitions : {};
};

const withDefinitions = (fields: Fields, from: unknown, definitions: Fields): Fields => {
  const kept = reachableDefinitions(from, { definitions, admits: () => true });
  return Object.keys(kept).length === 0 ? fields : { ...fields, definitions: kept };
};

/** The fields as they are stored and read: with their references, and without definitions that nothing refers to. */
export const storedFields = (fields: Fields): Fields => {
  const { block_schema_references: references, definitions: _definitions, ...rest } = fields;
  const stored = { ...rest, block_schema_references: references ?? {} };
  return withDefinitions(stored, fields, definitionsOf(fields));
};

/** The fields of a nested block as its parent defines them, with all that they refer to; null when it does not. */
export const nestedFields = (parent: Fields, nested: NestedSchema): Fields | null => {
  const definitions = definitionsOf(parent);
  const { properties } = parent;
  const names = referencedDefinitions(isFields(properties) ? properties[nested.name] : null);
  const candidates = names.map((name) => definitions[name]).filter(isFields);
  const [only] = candidates;
  const found =
    candidates.length === 1
      ? only
      : candidates.find((fields) => fields['block_type_slug'] === nested.blockTypeSlug);
  return found === undefined ? null : withDefinitions(found, found, definitions);
};
