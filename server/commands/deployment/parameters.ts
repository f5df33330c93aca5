import { type Script, rows } from '#server/db/script.ts';
import { listVariableValues } from '#server/db/sql/deployment-variables.ts';
import { ServerError } from '#server/errors.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';
import { firstFault, hydrate, mentionsKind } from '#server/parameters/hydrate.ts';
import { CircularSchemaFault, ValidationFault, validate } from '#server/parameters/validate.ts';

/** Fills in what parameters leave to variables, templates and JSON. BAD_REQUEST, beginning with `failure`, for a fault. */
export function* hydrateParameters(parameters: JsonObject, failure: string): Script<JsonObject> {
  if (!mentionsKind(parameters)) return parameters;
  const variables = yield* rows(listVariableValues());
  const hydrated = hydrate(parameters, {
    variables: new Map(variables.map(({ name, value }) => [name, value])),
    jinjaContext: {},
  });
  const fault = firstFault(hydrated);
  if (fault !== null) throw new ServerError('BAD_REQUEST', `${failure}${fault.message}`);
  // Hydrating turns JSON into JSON once there is no fault in it; a whole that is no object is refused below.
  const value = hydrated as JsonValue;
  if (isJsonObject(value)) return value;
  throw new ServerError('BAD_REQUEST', `${failure}Parameters have to be an object.`);
}

/** The kind of refusal that tells that parameters do not fit their schema. */
const MISFIT = 'Parameters';

export interface ParameterCheck {
  readonly parameters: JsonObject;
  readonly schema: JsonValue | null;
  readonly ignoreRequired?: boolean;
  /** What a refusal of the parameters begins with. */
  readonly failure: string;
  /** What is said where there is no schema, or one without an end. */
  readonly words?: { readonly noSchema: string; readonly circular: string };
}

const WORDS = {
  noSchema:
    'Error updating deployment: Cannot update parameters because parameter schema enforcement is enabled and the deployment does not have a valid parameter schema.',
  circular: 'Invalid schema: Unable to validate schema with circular references.',
};

/** CONFLICT when parameters do not fit the schema that is to be enforced, INVALID when the schema has no end. */
export const checkParameters = (check: ParameterCheck): void => {
  const { parameters, schema, ignoreRequired = false, failure, words = WORDS } = check;
  if (!isJsonObject(schema)) {
    throw new ServerError('CONFLICT', words.noSchema, { details: { kind: MISFIT, issues: [] } });
  }
  try {
    validate(parameters, schema, { ignoreRequired });
  } catch (error) {
    if (error instanceof CircularSchemaFault) {
      throw new ServerError('INVALID', words.circular, { cause: error });
    }
    if (!(error instanceof ValidationFault)) throw error;
    throw new ServerError('CONFLICT', `${failure}: ${error.message}`, {
      cause: error,
      details: { kind: MISFIT, issues: error.issues },
    });
  }
};
