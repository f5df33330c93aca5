import { isJsonObject } from '#server/json.ts';

import { pythonText } from './python-text.ts';
import { schemaReason } from './schema-fault.ts';
import { CircularSchemaFault, ValidationFault, validate } from './validate.ts';

const NOT_A_SCHEMA = 'The provided schema is not a valid json schema. Schema error: ';

/**
 * What is wrong with the parameters that a deployment comes with, or with the schema that it enforces for them; null
 * when nothing is. What is missing may come with each run. Schemas of pydantic 1 are not mended for it.
 */
export const declaredParametersFault = (declared: {
  readonly parameters: unknown;
  readonly schema: unknown;
}): string | null => {
  const { parameters, schema } = declared;
  if (typeof schema === 'string' || Array.isArray(schema)) {
    return `${NOT_A_SCHEMA}${pythonText(schema)} is not of type 'object', 'boolean'`;
  }
  if (!isJsonObject(schema)) return null;
  const reason = schemaReason(schema);
  if (reason !== null) return NOT_A_SCHEMA + reason;
  if (parameters === null) return null;
  try {
    validate(parameters, schema, { ignoreRequired: true, preprocess: false });
  } catch (error) {
    if (error instanceof ValidationFault || error instanceof CircularSchemaFault) {
      return error.message;
    }
    throw error;
  }
  return null;
};
