import { parseId } from '#server/ids.ts';
import { plainNumber } from '#server/lossless-json.ts';

import { type Refusal, type Schema, refuse, schemaOf } from './refusal.ts';

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['true', 't', 'yes', 'y', 'on', '1'].map((text): [string, boolean] => [text, true]),
  ...['false', 'f', 'no', 'n', 'off', '0'].map((text): [string, boolean] => [text, false]),
]);

/** Reads a boolean, also from the words and figures that stand for one. */
export const readBoolean = (given: unknown): boolean | Refusal => {
  const value = plainNumber(given);
  if (typeof value === 'boolean') return value;
  if (value === 0 || value === 1) return value === 1;
  const isFraction = typeof value === 'number' && !Number.isInteger(value);
  if ((typeof value !== 'string' && typeof value !== 'number') || isFraction) {
    return refuse('bool_type', 'Input should be a valid boolean');
  }
  return (
    BOOLEANS.get(String(value).toLowerCase()) ??
    refuse('bool_parsing', 'Input should be a valid boolean, unable to interpret input')
  );
};

export const boolean: Schema<boolean> = schemaOf(readBoolean, { type: 'boolean' });

export interface TextRules {
  /** What the text must look like, written as Prefect's interface document has it. */
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly minLength?: number;
  /** A rule of Prefect's own: gives what is wrong with the text, or null. */
  readonly fault?: (text: string) => string | null;
}

const plural = (count: number): string => `${count} character${count === 1 ? '' : 's'}`;

const checkLength = (text: string, { minLength = 0, maxLength = Infinity }: TextRules) => {
  // A character is a code point here, as it is to pydantic; most texts are far too short to count.
  const length = text.length > Math.min(maxLength, 0) ? Array.from(text).length : text.length;
  if (length < minLength) {
    return refuse('string_too_short', `String should have at least ${plural(minLength)}`, {
      min_length: minLength,
    });
  }
  if (length <= maxLength) return null;
  return refuse('string_too_long', `String should have at most ${plural(maxLength)}`, {
    max_length: maxLength,
  });
};

/** Reads text and nothing else: numbers are not taken for it. */
export const text = (rules: TextRules = {}): Schema<string> => {
  const pattern = rules.pattern === undefined ? null : new RegExp(rules.pattern, 'u');
  const hasLengths = rules.maxLength !== undefined || rules.minLength !== undefined;
  const description = {
    type: 'string',
    ...(rules.pattern === undefined ? {} : { pattern: rules.pattern }),
    ...(rules.maxLength === undefined ? {} : { maxLength: rules.maxLength }),
    ...(rules.minLength === undefined ? {} : { minLength: rules.minLength }),
  };
  return schemaOf((value) => {
    if (typeof value !== 'string') return refuse('string_type', 'Input should be a valid string');
    const lengthFault = hasLengths ? checkLength(value, rules) : null;
    if (lengthFault !== null) return lengthFault;
    if (pattern !== null && !pattern.test(value)) {
      return refuse('string_pattern_mismatch', `String should match pattern '${rules.pattern}'`, {
        pattern: rules.pattern ?? '',
      });
    }
    const fault = rules.fault?.(value) ?? null;
    if (fault === null) return value;
    return refuse('value_error', `Value error, ${fault}`, { error: {} });
  }, description);
};

/** Whether Python takes a value for false. */
export const isNothing = (value: unknown): boolean =>
  !plainNumber(value) || (typeof value === 'object' && Object.keys(value ?? {}).length === 0);

/** Names of runs: whatever Python takes for false asks for a name that is made up. */
export const runName: Schema<string> = schemaOf(
  (value) => {
    if (typeof value === 'string') return value;
    return isNothing(value) ? '' : refuse('string_type', 'Input should be a valid string');
  },
  { type: 'string' },
);

/** Names of flows, deployments and the like, which stand in paths. */
export const nameText: Schema<string> = text({ pattern: '^[^/%&><]+$' });

const listed = (values: readonly string[]): string => {
  const quoted = values.map((value) => `'${value}'`);
  if (quoted.length === 1) return quoted[0] ?? '';
  return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
};

/** One word of a closed set; `kind` is pydantic's name for the sort of set. */
export const choice = <const Value extends string>(
  values: readonly Value[],
  kind: 'enum' | 'literal_error' = 'enum',
): Schema<Value> => {
  const expected = listed(values);
  return schemaOf(
    (value) => {
      const found = values.find((candidate) => candidate === value);
      return found ?? refuse(kind, `Input should be ${expected}`, { expected });
    },
    { type: 'string', enum: values },
  );
};

const GROUP_LENGTHS = [8, 4, 4, 4, 12];
const LAST_GROUP_STARTS = 24;

/** An id may stand in braces or behind a prefix, but then only with its hyphens. */
const WRAPPED = /^(?<before>\{|urn:uuid:)(?<inside>.*)$/;

const unwrap = (given: string): { readonly inside: string; readonly offset: number } => {
  const { before = '', inside = '' } = WRAPPED.exec(given)?.groups ?? {};
  if (before === 'urn:uuid:') return { inside, offset: before.length };
  return before === '{' && inside.endsWith('}')
    ? { inside: inside.slice(0, -1), offset: 1 }
    : { inside: given, offset: 0 };
};

const uuidFault = (given: string): string | null => {
  const { inside, offset } = unwrap(given);
  const position = inside.search(/[^0-9a-f-]/i);
  if (position !== -1) {
    return `invalid character: found \`${inside[position]}\` at ${position + offset}`;
  }
  const groups = inside.split('-');
  if (groups.length === 1 && offset === 0) {
    return given.length === 32 ? null : `invalid length: found ${given.length}`;
  }
  if (groups.length !== GROUP_LENGTHS.length) {
    return `invalid group count: expected 5, found ${groups.length}`;
  }
  const wrong = groups.findIndex((group, index) => group.length !== GROUP_LENGTHS[index]);
  if (wrong === -1) return null;
  // What is around the id is counted as part of its last group.
  const found = wrong === 4 ? given.length - LAST_GROUP_STARTS : groups[wrong]?.length;
  return `invalid group length in group ${wrong}: expected ${GROUP_LENGTHS[wrong]}, found ${found}`;
};

/** Reads a UUID in any of its spellings and gives it in the one that is stored. */
export const readUuid = (value: unknown): string | Refusal => {
  if (typeof value !== 'string') {
    return refuse('uuid_type', 'UUID input should be a string, bytes or UUID object');
  }
  const error = uuidFault(value);
  const id = error === null ? parseId(unwrap(value).inside) : null;
  return id ?? refuse('uuid_parsing', `Input should be a valid UUID, ${error}`, { error });
};

export const uuid: Schema<string> = schemaOf(readUuid, { type: 'string', format: 'uuid' });
