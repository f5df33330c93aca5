import type { Json, JsonObject } from './lossless-json.ts';
import { isJsonObject } from './lossless-json.ts';

export interface Comparison {
  /** Gives an id its name (`<fr>`) when it was saved, `<id>` otherwise. */
  readonly expectedIds: ReadonlyMap<string, string>;
  readonly actualIds: ReadonlyMap<string, string>;
  /** Text replacements in what is expected: the server's address and home. */
  readonly replacements: ReadonlyMap<string, string>;
  readonly isUnordered: boolean;
  readonly varies: readonly string[];
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/giu;
const INSTANT = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?/gu;
const GENERATED_NAME = /^[a-z]+-[a-z]+$/u;
const SETS = new Set(['capabilities', 'pause_keys', 'updated_fields']);
const DURATION =
  /^(total_run_time|estimated_run_time|estimated_start_time_delta|estimated_lateness|time_in_current_state|duration|lateness|sum_estimated_run_time|sum_estimated_lateness)$/u;
const ANY_TEXT = '<text>';

const blanked = (text: string, ids: ReadonlyMap<string, string>): string =>
  text.replaceAll(UUID, (id) => ids.get(id.toLowerCase()) ?? '<id>').replaceAll(INSTANT, '<time>');

const isSameText = (expected: string, actual: string, comparison: Comparison): boolean => {
  if (expected === ANY_TEXT || expected === actual) return true;
  let wanted = expected;
  for (const [from, to] of comparison.replacements) wanted = wanted.replaceAll(from, to);
  wanted = blanked(wanted, comparison.expectedIds);
  if (wanted === blanked(actual, comparison.actualIds)) return true;
  return GENERATED_NAME.test(expected) && GENERATED_NAME.test(actual);
};

const show = (value: Json | undefined): string => {
  const text = JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'bigint' ? `${item}n` : item,
  );
  if (text === undefined) return 'nothing';
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
};

/** The value with the names of the ids in it that have one. */
const withNames = (value: Json | undefined, ids: ReadonlyMap<string, string>): string =>
  show(value).replaceAll(UUID, (id) => ids.get(id.toLowerCase()) ?? id);

interface Pair {
  readonly path: string;
  readonly expected: Json | undefined;
  readonly actual: Json | undefined;
}

const compareScalars = (pair: Pair, comparison: Comparison): readonly string[] => {
  const { path, expected, actual } = pair;
  if (expected === actual) return [];
  if (typeof expected === 'string' && typeof actual === 'string') {
    if (isSameText(expected, actual, comparison)) return [];
  }
  const key = path.slice(path.lastIndexOf('.') + 1);
  if (typeof expected === 'number' && typeof actual === 'number' && DURATION.test(key)) return [];
  const { expectedIds, actualIds } = comparison;
  return [
    `${path}: expected ${withNames(expected, expectedIds)}, got ${withNames(actual, actualIds)}`,
  ];
};

const compareObjects = (
  pair: { path: string; expected: JsonObject; actual: JsonObject },
  comparison: Comparison,
): readonly string[] => {
  const { path, expected, actual } = pair;
  // A key may hold an id too: counters by id.
  const named = new Map(
    Object.keys(actual).map((key) => [blanked(key, comparison.actualIds), key] as const),
  );
  const found: string[] = [];
  const seen = new Set<string>();
  for (const key of Object.keys(expected)) {
    const actualKey = key in actual ? key : named.get(blanked(key, comparison.expectedIds));
    if (actualKey !== undefined) seen.add(actualKey);
    const inner = {
      path: `${path}.${key}`,
      expected: expected[key],
      actual: actualKey === undefined ? undefined : actual[actualKey],
    };
    const isSet =
      SETS.has(key) || (key === 'tags' && typeof expected['deployment_id'] === 'string');
    found.push(...comparePair(inner, isSet ? { ...comparison, isUnordered: true } : comparison));
  }
  for (const key of Object.keys(actual)) {
    if (!seen.has(key)) found.push(`${path}.${key}: not expected, got ${show(actual[key])}`);
  }
  return found;
};

const compareSets = (
  pair: { path: string; expected: readonly Json[]; actual: readonly Json[] },
  comparison: Comparison,
): readonly string[] => {
  const rest = [...pair.actual];
  const missing = pair.expected.filter((expected) => {
    const at = rest.findIndex(
      (actual) => comparePair({ path: pair.path, expected, actual }, comparison).length === 0,
    );
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  return missing.flatMap((expected, index) =>
    comparePair({ path: `${pair.path}[~${index}]`, expected, actual: rest[index] }, comparison),
  );
};

const compareLists = (
  pair: { path: string; expected: readonly Json[]; actual: readonly Json[] },
  comparison: Comparison,
): readonly string[] => {
  const { path, expected, actual } = pair;
  if (expected.length !== actual.length) {
    return [`${path}: expected ${expected.length} items, got ${actual.length}`];
  }
  if (comparison.isUnordered) return compareSets(pair, comparison);
  return expected.flatMap((item, index) =>
    comparePair({ path: `${path}[${index}]`, expected: item, actual: actual[index] }, comparison),
  );
};

const comparePair = (pair: Pair, comparison: Comparison): readonly string[] => {
  const { path, expected, actual } = pair;
  if (comparison.varies.includes(path)) return [];
  if (Array.isArray(expected) && Array.isArray(actual)) {
    return compareLists({ path, expected, actual }, comparison);
  }
  if (isJsonObject(expected) && isJsonObject(actual)) {
    return compareObjects({ path, expected, actual }, comparison);
  }
  return compareScalars(pair, comparison);
};

/** Lists what differs, as `path: expected …, got …`; empty when the two mean the same. */
export const compareJson = (
  values: { readonly expected: Json; readonly actual: Json },
  comparison: Comparison,
): readonly string[] => comparePair({ path: '$', ...values }, comparison);

/** Compares two texts with ids, times and addresses blanked. */
export const compareText = (
  values: { readonly path: string; readonly expected: string; readonly actual: string },
  comparison: Comparison,
): readonly string[] => compareScalars(values, comparison);
