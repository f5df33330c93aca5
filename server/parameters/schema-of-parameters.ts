import type { ErrorObject } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';

import type { JsonObject } from '#server/json.ts';

import { bestFault } from './best-fault.ts';
import { toSchemaFaults } from './schema-faults.ts';
import { CircularSchemaFault, ValidationFault, validate } from './validate.ts';

let kept: Ajv2020 | undefined;

// Reading the schema of schemas takes a while, and most servers are never asked. Formats stay out: Python knows
// regular expressions that are none here.
const schemaOfSchemas = (): Ajv2020 =>
  (kept ??= new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: false,
    logger: false,
    validateFormats: false,
  }));

/** What keeps an object from being a JSON Schema, or null. */
const schemaFault = (schema: JsonObject): string | null => {
  const { $schema: _, ...undated } = schema;
  const checker = schemaOfSchemas();
  if (checker.validateSchema(undated) === true) return null;
  const errors: readonly ErrorObject[] = checker.errors ?? [];
  const fault = bestFault(toSchemaFaults(errors, undated));
  return `The provided schema is not a valid json schema. Schema error: ${fault?.message ?? 'it cannot be read'}`;
};

export interface EnforcedDefaults {
  readonly enforceParameterSchema?: boolean | undefined;
  readonly parameters?: JsonObject | null | undefined;
  readonly parameterOpenapiSchema?: JsonObject | null | undefined;
}

/**
 * What is wrong with the parameters that a deployment starts its runs with, where they are held against a schema on
 * purpose, or null. They need not be complete: a run may bring the rest.
 */
export const enforcedDefaultsFault = (defaults: EnforcedDefaults): string | null => {
  const { enforceParameterSchema, parameters, parameterOpenapiSchema: schema } = defaults;
  if (enforceParameterSchema !== true || !schema) return null;
  const fault = schemaFault(schema);
  if (fault !== null) return fault;
  try {
    validate(parameters ?? {}, schema, { ignoreRequired: true, preprocess: false });
    return null;
  } catch (error) {
    if (error instanceof ValidationFault || error instanceof CircularSchemaFault)
      return error.message;
    throw error;
  }
};
