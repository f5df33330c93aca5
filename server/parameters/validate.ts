import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';

import { ServerError, toError } from '#server/errors.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';
import { withPlainNumbers } from '#server/lossless-json.ts';

import { bestFault, pathText } from './best-fault.ts';
import { FORMATS } from './formats.ts';
import { preprocessSchema, withoutRequired } from './preprocess-schema.ts';
import { pythonText } from './python-text.ts';
import { type SchemaFault, toSchemaFaults } from './schema-faults.ts';

export interface ValidateOptions {
  readonly ignoreRequired?: boolean;
  readonly allowNoneWithDefault?: boolean;
  /** Whether the schema is mended first; see `preprocessSchema`. */
  readonly preprocess?: boolean;
  /** Whether formats such as `date-time` are held against texts. */
  readonly checkFormats?: boolean;
}

/** Compiled schemas by their text; a deployment's runs come again and again. */
const compiledSchemas = new Map<string, ValidateFunction>();
const MAX_COMPILED = 500;

const ACCEPT_ALL = { test: () => true };

/** A pattern that only Python understands is not held against a value. */
const regExp = (pattern: string, flags: string): { test: (text: string) => boolean } => {
  try {
    return new RegExp(pattern, flags);
  } catch {
    return ACCEPT_ALL;
  }
};
regExp.code = 'regExp';

const withoutIdentity = (schema: JsonObject): JsonObject => {
  const { $schema: _, $id: __, ...rest } = schema;
  return rest;
};

const unresolvable = (reference: string, schema: JsonObject): string => {
  const pointer = reference.slice(reference.indexOf('#') + 1);
  return reference.startsWith('#')
    ? `PointerToNowhere: '${pointer}' does not exist within ${pythonText(schema)}`
    : `Unresolvable: ${reference}`;
};

/** One thing that is wrong with a value, and where. */
export interface ValidationIssue {
  readonly message: string;
  readonly path: readonly string[];
  /** The keyword of the schema that it does not fit. */
  readonly rule: string;
}

/** A value that does not fit its schema, with the message that Prefect gives and all that is wrong. */
export class ValidationFault extends Error {
  readonly issues: readonly ValidationIssue[];

  constructor(message: string, issues: readonly ValidationIssue[] = []) {
    super(message);
    this.issues = issues;
  }
}

/** A schema that refers to itself without end. */
export class CircularSchemaFault extends Error {
  constructor() {
    super('Unable to validate schema with circular references.');
  }
}

const compileFault = (thrown: unknown, schema: JsonObject): Error => {
  const error = toError(thrown);
  if (error instanceof RangeError) return new CircularSchemaFault();
  if ('missingRef' in error && typeof error.missingRef === 'string') {
    return new ValidationFault(
      `Validation failed. Failure reason: ${unresolvable(error.missingRef, schema)}`,
    );
  }
  return new ServerError('INVALID', `Invalid schema: ${error.message}`, { cause: error });
};

const compile = (schema: JsonObject, checkFormats: boolean): ValidateFunction => {
  // One instance for each schema, so that names in one are none in another.
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: false,
    meta: false,
    validateSchema: false,
    addUsedSchema: false,
    logger: false,
    validateFormats: checkFormats,
    code: { regExp },
    formats: checkFormats ? FORMATS : {},
  });
  try {
    return ajv.compile(withoutIdentity(schema));
  } catch (error) {
    throw compileFault(error, schema);
  }
};

const prepare = (schema: JsonObject, options: ValidateOptions): JsonObject => {
  const { preprocess = true, allowNoneWithDefault = false, ignoreRequired = false } = options;
  const mended = preprocess ? preprocessSchema(schema, { allowNoneWithDefault }) : schema;
  const stripped: JsonValue = ignoreRequired ? withoutRequired(mended) : mended;
  return isJsonObject(stripped) ? stripped : mended;
};

const compiled = (schema: JsonObject, options: ValidateOptions): ValidateFunction => {
  const key = `${JSON.stringify(options)}${JSON.stringify(schema)}`;
  const known = compiledSchemas.get(key);
  if (known !== undefined) return known;
  const made = compile(prepare(schema, options), options.checkFormats ?? false);
  if (compiledSchemas.size >= MAX_COMPILED) compiledSchemas.clear();
  compiledSchemas.set(key, made);
  return made;
};

/** All faults of a value; none when it fits. Throws ValidationFault or CircularSchemaFault for a bad reference, INVALID for a bad schema. */
export const findFaults = (
  value: unknown,
  schema: JsonObject,
  options: ValidateOptions = {},
): readonly SchemaFault[] => {
  const check = compiled(schema, options);
  const counted = withPlainNumbers(value);
  try {
    if (check(counted)) return [];
  } catch (error) {
    throw compileFault(error, schema);
  }
  const errors: readonly ErrorObject[] = check.errors ?? [];
  return toSchemaFaults(errors, counted);
};

const toIssue = ({ message, path, missing, keyword }: SchemaFault): ValidationIssue => ({
  message,
  rule: keyword,
  path: [...path, ...(missing === null ? [] : [missing])].map(String),
});

/** Throws a ValidationFault when the value does not fit the schema. */
export const validate = (
  value: unknown,
  schema: JsonObject,
  options: ValidateOptions = {},
): void => {
  const faults = findFaults(value, schema, options);
  const fault = bestFault(faults);
  if (fault === null) return;
  const path = pathText(fault.path);
  const field = path === '' ? '' : ` for field ${pythonText(path)}`;
  throw new ValidationFault(
    `Validation failed${field}. Failure reason: ${fault.message}`,
    faults.map(toIssue),
  );
};
