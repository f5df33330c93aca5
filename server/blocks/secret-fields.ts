import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';

/** What stands for a secret in answers. */
const MASK = '********';

const MAX_DEPTH = 50;

type Replace = (value: JsonValue, path: readonly string[]) => JsonValue;

/** Replaces a value and, in an object, everything below it; an object with nothing in it is a value too. */
const replaceAll = (value: JsonValue, path: readonly string[], replace: Replace): JsonValue => {
  if (!isJsonObject(value) || path.length > MAX_DEPTH) return replace(value, path);
  const entries = Object.entries(value);
  if (entries.length === 0) return replace(value, path);
  return Object.fromEntries(
    entries.map(([key, item]) => [key, replaceAll(item, [...path, key], replace)]),
  );
};

/** Replaces what lies at the end of the steps, wherever they lead. */
const replaceAt = (data: JsonValue, steps: readonly string[], replace: Replace): JsonValue => {
  const visit = (value: JsonValue, depth: number): JsonValue => {
    const step = steps[depth];
    const path = steps.slice(0, depth);
    if (step === undefined) return value === null ? null : replace(value, path);
    if (step === '*') return replaceAll(value, path, replace);
    if (!isJsonObject(value)) return value;
    const item = value[step];
    return item === undefined ? value : { ...value, [step]: visit(item, depth + 1) };
  };
  return visit(data, 0);
};

const replaceSecrets = (
  data: JsonObject,
  secretFields: readonly string[],
  replace: Replace,
): JsonObject =>
  secretFields.reduce<JsonObject>((masked, field) => {
    const replaced = replaceAt(masked, field.split('.'), replace);
    return isJsonObject(replaced) ? replaced : masked;
  }, data);

/** The data of a block with its secrets masked; the fields are dotted paths, `*` stands for all below. */
export const maskSecrets = (data: JsonObject, secretFields: readonly string[]): JsonObject =>
  replaceSecrets(data, secretFields, () => MASK);

const valueAt = (data: JsonValue, path: readonly string[]): JsonValue | undefined =>
  path.reduce<JsonValue | undefined>(
    (value, step) => (value !== undefined && isJsonObject(value) ? value[step] : undefined),
    data,
  );

/** New data in which a secret that came back masked is the one that is stored: its sender never saw it. */
export const keepMaskedSecrets = (
  data: JsonObject,
  {
    stored,
    secretFields,
  }: { readonly stored: JsonObject; readonly secretFields: readonly string[] },
): JsonObject =>
  replaceSecrets(data, secretFields, (value, path) =>
    value === MASK ? (valueAt(stored, path) ?? value) : value,
  );
