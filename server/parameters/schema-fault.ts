import { Ajv2020 } from 'ajv/dist/2020.js';

import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';

import { bestFault } from './best-fault.ts';
import { isRegExp } from './formats.ts';
import { pythonText } from './python-text.ts';
import { toSchemaFaults } from './schema-faults.ts';

let metaValidator: Ajv2020 | null = null;

/** The validator of schemas themselves, which is made when the first one is looked at. */
const schemaValidator = (): Ajv2020 => {
  metaValidator ??= new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: false,
    logger: false,
  });
  return metaValidator;
};

/** Where values stand in a schema, which are no schemas. */
const VALUES = new Set(['const', 'default', 'enum', 'examples']);

/** The first pattern that is none: Ajv looks at schemas without their formats. */
const badPattern = (schema: JsonValue): string | null => {
  const entries = Array.isArray(schema)
    ? schema.entries()
    : isJsonObject(schema)
      ? Object.entries(schema)
      : [];
  for (const [key, value] of entries) {
    if (key === 'pattern' && typeof value === 'string' && !isRegExp(value)) return value;
    const found = VALUES.has(String(key)) ? null : badPattern(value);
    if (found !== null) return found;
  }
  return null;
};

/** Why a schema is none of JSON Schema's draft 2020-12, in the words of Python's validator; null when it is one. */
export const schemaReason = (schema: JsonObject): string | null => {
  const ajv = schemaValidator();
  // Whatever draft it says it is of, it is taken for this one.
  const { $schema: _, ...bare } = schema;
  if (ajv.validateSchema(bare) === true) {
    const pattern = badPattern(bare);
    return pattern === null ? null : `${pythonText(pattern)} is not a 'regex'`;
  }
  const fault = bestFault(toSchemaFaults(ajv.errors ?? [], bare));
  return fault?.message ?? 'it is none of JSON Schema draft 2020-12';
};

/** What is wrong with a schema as one of JSON Schema's draft 2020-12; null when nothing is. */
export const schemaFault = (schema: JsonObject): string | null => {
  const reason = schemaReason(schema);
  return reason === null ? null : `Invalid schema: ${reason}`;
};
