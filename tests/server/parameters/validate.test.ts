import { describe, expect, test } from 'vitest';

import { isServerError } from '#server/errors.ts';
import type { JsonObject } from '#server/json.ts';
import { formErrors } from '#server/parameters/form-errors.ts';
import { firstFault, hydrate } from '#server/parameters/hydrate.ts';
import { preprocessSchema } from '#server/parameters/preprocess-schema.ts';
import { schemaFault } from '#server/parameters/schema-fault.ts';
import {
  CircularSchemaFault,
  type ValidateOptions,
  ValidationFault,
  validate,
} from '#server/parameters/validate.ts';

import { readVectors } from './vectors.ts';

interface Head {
  readonly variables: Readonly<Record<string, unknown>>;
}

interface Line {
  readonly schema: JsonObject;
  readonly values: unknown;
  readonly errors?: readonly unknown[];
  readonly valid?: boolean;
  readonly raised?: string | null;
  readonly raised_ignore_required?: string | null;
  readonly raised_allow_none_with_default?: string | null;
  readonly schema_error?: string;
  readonly error?: string;
  readonly crash?: string;
}

const [head, ...lines] = readVectors<Head | Line>('schema_validation') as [Head, ...Line[]];
const variables = new Map(Object.entries(head.variables));

const withoutJinjaWords = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value ?? null).replace(/Invalid jinja: [^"]*/g, 'Invalid jinja: …'));

/** JSON that came through JavaScript has no `1.0`. */
const withoutFloats = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value ?? null).replaceAll('1.0', '1'));

const raisedBy = (line: Line, options: ValidateOptions): string | null => {
  const values = hydrate(line.values, { variables, jinjaContext: {} });
  const fault = firstFault(values);
  if (fault !== null) return `${fault.fault}: ${fault.message}`;
  try {
    validate(values, line.schema, options);
    return null;
  } catch (error) {
    if (error instanceof CircularSchemaFault) return 'circular reference';
    if (error instanceof ValidationFault) return `ValidationError: ${error.message}`;
    if (isServerError(error, 'INVALID')) return 'invalid schema';
    throw error;
  }
};

const checked = lines.filter(({ crash, schema_error: fault }) => !crash && !fault);
const same = (value: unknown): unknown => withoutFloats(withoutJinjaWords(value));

describe('validate', () => {
  test.each(checked)('$schema with $values', (line) => {
    expect(same(raisedBy(line, {}))).toEqual(same(line.raised));
    if (line.raised_ignore_required !== undefined) {
      expect(raisedBy(line, { ignoreRequired: true })).toEqual(line.raised_ignore_required);
    }
    if (line.raised_allow_none_with_default !== undefined) {
      expect(raisedBy(line, { allowNoneWithDefault: true })).toEqual(
        line.raised_allow_none_with_default,
      );
    }
  });
});

describe('formErrors', () => {
  test.each(checked)('$schema with $values', (line) => {
    if (line.errors === undefined) return;
    const values = hydrate(line.values, { variables, jinjaContext: null });
    const result = formErrors(values, line.schema);
    expect(same(result)).toEqual(same({ errors: line.errors, valid: line.valid }));
  });
});

describe('schemaFault', () => {
  test.each(lines.filter((line) => line.schema_error !== undefined))('$schema', (line) => {
    expect(schemaFault(line.schema)).toBe(line.schema_error);
  });

  test.each(checked)('finds nothing wrong with $schema', (line) => {
    const mended = preprocessSchema(line.schema, { allowNoneWithDefault: false });
    expect(schemaFault(mended)).toBeNull();
  });
});

interface Mended {
  readonly schema: JsonObject;
  readonly preprocessed: JsonObject;
  readonly allow_none_with_default: JsonObject;
}

describe('preprocessSchema', () => {
  test.each(readVectors<Mended>('schema_preprocess'))('$schema', (line) => {
    expect(preprocessSchema(line.schema, { allowNoneWithDefault: false })).toEqual(
      line.preprocessed,
    );
    expect(preprocessSchema(line.schema, { allowNoneWithDefault: true })).toEqual(
      line.allow_none_with_default,
    );
  });
});
