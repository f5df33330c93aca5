import type { Script } from '#server/db/script.ts';
import { ServerError, isServerError } from '#server/errors.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';
import { CircularSchemaFault, ValidationFault, validate } from '#server/parameters/validate.ts';

import { hydrateParameters } from '../deployment/parameters.ts';
import type { PreparedInput, RunInputRules } from './resume-flow-run.ts';

function* hydrate(input: JsonObject): Script<PreparedInput> {
  try {
    return { kind: 'ready', value: yield* hydrateParameters(input, '') };
  } catch (error) {
    if (!isServerError(error, 'BAD_REQUEST')) throw error;
    return { kind: 'refused', reason: error.message };
  }
}

const faultOf = (input: JsonObject, schema: JsonValue): string | null => {
  if (!isJsonObject(schema)) return 'Run input schema is not a JSON object.';
  try {
    validate(input, schema, { preprocess: true });
    return null;
  } catch (error) {
    if (error instanceof ValidationFault) return `Reason: ${error.message}`;
    if (error instanceof CircularSchemaFault) return `Reason: ${error.message}`;
    if (error instanceof ServerError) return `Reason: ${error.message}`;
    throw error;
  }
};

/** How the input of a paused flow run is filled in and held against the schema that the run asked with. */
export const runInputRules: RunInputRules = { hydrate, fault: faultOf };
