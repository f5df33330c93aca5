import { type JsonObject, isJsonObject } from '#server/json.ts';

import { Held } from './placeholders.ts';
import type { Path } from './schema-faults.ts';

/** A fault of a placeholder, and where in the values it stands. */
export interface PlacedFault {
  readonly path: Path;
  readonly message: string;
}

interface Place {
  readonly value: unknown;
  readonly path: Path;
  /** The whole schema, for its references. */
  readonly root: JsonObject;
}

type Values = Readonly<Record<string, unknown>>;

const isValues = (value: unknown): value is Values =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !JSON.isRawJSON(value) &&
  !(value instanceof Held);

const resolve = (reference: unknown, root: JsonObject): unknown => {
  if (typeof reference !== 'string' || !reference.startsWith('#')) return null;
  let found: unknown = root;
  for (const step of reference.split('/').slice(1)) {
    const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    found = isJsonObject(found) ? found[key] : null;
  }
  return found;
};

const below = (place: Place, key: string | number, value: unknown): Place => ({
  ...place,
  value,
  path: [...place.path, key],
});

const ofProperties = (schema: JsonObject, place: Place): readonly PlacedFault[] => {
  const { value } = place;
  if (!isValues(value)) return [];
  const { properties: named, additionalProperties: others } = schema;
  const properties = isJsonObject(named) ? named : {};
  return Object.entries(value).flatMap(([key, item]) =>
    placeholderFaults(
      Object.hasOwn(properties, key) ? properties[key] : others,
      below(place, key, item),
    ),
  );
};

const ofItems = (schema: JsonObject, place: Place): readonly PlacedFault[] => {
  const { value } = place;
  if (!Array.isArray(value)) return [];
  const { prefixItems, items } = schema;
  const first: readonly unknown[] = Array.isArray(prefixItems) ? prefixItems : [];
  return value.flatMap((item: unknown, index) =>
    placeholderFaults(index < first.length ? first[index] : items, below(place, index, item)),
  );
};

/**
 * What could not be filled in where a schema asks for something: once for each schema that holds for the place.
 * What no schema speaks of may be anything.
 */
export const placeholderFaults = (schema: unknown, place: Place): readonly PlacedFault[] => {
  if (!isJsonObject(schema)) return [];
  const { $ref: reference, allOf } = schema;
  const { value, path, root } = place;
  const own: readonly PlacedFault[] =
    value instanceof Held && value.placeholder.kind === 'fault'
      ? [{ path, message: value.placeholder.message }]
      : [];
  return [
    ...(reference === undefined ? [] : placeholderFaults(resolve(reference, root), place)),
    ...(Array.isArray(allOf) ? allOf.flatMap((part) => placeholderFaults(part, place)) : []),
    ...ofProperties(schema, place),
    ...ofItems(schema, place),
    ...own,
  ];
};
