import { type Script, one } from '#server/db/script.ts';
import { readBlockDocumentId } from '#server/db/sql/work-pool-block-exists.ts';
import { ServerError } from '#server/errors.ts';
import { parseId } from '#server/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';

import { schemaFault } from './schema-fault.ts';
import { CircularSchemaFault, ValidationFault, findFaults, validate } from './validate.ts';

interface Defaults {
  readonly values: JsonObject;
  /** Whether some default is left out, so that nobody can say what is missing. */
  readonly isPartial: boolean;
}

/** The id of the block that a default refers to; null when it refers to none. */
const blockReference = (value: JsonValue | undefined): string | null => {
  if (!isJsonObject(value) || !isJsonObject(value['$ref'])) return null;
  const id = value['$ref']['block_document_id'];
  return typeof id === 'string' ? id : null;
};

function* requireBlock(reference: string): Script<void> {
  const id = parseId(reference);
  const block = id === null ? null : yield* one(readBlockDocumentId(id));
  if (block === null) throw new ServerError('NOT_FOUND', 'Block not found.');
}

const fits = (name: string, value: JsonValue, schema: JsonObject): boolean =>
  findFaults({ [name]: value }, schema, { preprocess: false, ignoreRequired: true }).length === 0;

function* readDefaults(schema: JsonObject, ignoresInvalid: boolean): Script<Defaults> {
  const values: Record<string, JsonValue> = {};
  let isPartial = false;
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  for (const [name, field] of Object.entries(properties)) {
    const value = isJsonObject(field) ? field['default'] : undefined;
    if (value === undefined) continue;
    const block = blockReference(value);
    // What a block holds is checked where it is made; a default by reference counts as given.
    if (block !== null) {
      yield* requireBlock(block);
      isPartial = true;
    } else if (ignoresInvalid && !fits(name, value, schema)) isPartial = true;
    else values[name] = value;
  }
  return { values, isPartial };
}

interface Check {
  readonly template: JsonObject;
  /** Later ones win. */
  readonly jobVariables: readonly (JsonObject | null | undefined)[];
  readonly ignoresRequired: boolean;
  readonly ignoresInvalidDefaults: boolean;
  /** What the refusal starts with. */
  readonly failure: string;
}

const asRefusal = (error: unknown, failure: string): unknown => {
  if (error instanceof CircularSchemaFault) {
    return new ServerError('INVALID', `Invalid schema: ${error.message}`, { cause: error });
  }
  if (!(error instanceof ValidationFault)) return error;
  return new ServerError('INVALID', `${failure}: ${error.message}`, { cause: error });
};

function* check(asked: Check): Script<void> {
  const schema = asked.template['variables'];
  if (!isJsonObject(schema) || Object.keys(schema).length === 0) return;
  try {
    const defaults = yield* readDefaults(schema, asked.ignoresInvalidDefaults);
    const values = Object.assign({}, defaults.values, ...asked.jobVariables);
    validate(values, schema, {
      ignoreRequired: asked.ignoresRequired || defaults.isPartial,
      allowNoneWithDefault: true,
    });
  } catch (error) {
    throw asRefusal(error, asked.failure);
  }
}

/** INVALID when a work pool's template has a schema that is none, or a default that its own schema refuses. */
export function* checkJobVariableDefaults(template: JsonObject): Script<void> {
  const schema = template['variables'];
  const fault = isJsonObject(schema) ? schemaFault(schema) : null;
  if (fault !== null) throw new ServerError('INVALID', fault);
  yield* check({
    template,
    jobVariables: [],
    ignoresRequired: true,
    ignoresInvalidDefaults: false,
    failure: "Validation failed for work pool's job variable defaults",
  });
}

export interface DeploymentJobVariables {
  readonly template: JsonObject;
  readonly jobVariables: JsonObject | null | undefined;
  readonly failure: string;
}

/** INVALID when a deployment's job variables do not fit its pool; what is missing may still come with the run. */
export function* checkDeploymentJobVariables(asked: DeploymentJobVariables): Script<void> {
  const { template, jobVariables, failure } = asked;
  if (!isJsonObject(jobVariables) || Object.keys(jobVariables).length === 0) return;
  yield* check({
    template,
    jobVariables: [jobVariables],
    ignoresRequired: true,
    ignoresInvalidDefaults: true,
    failure,
  });
}

export interface RunJobVariables {
  readonly template: JsonObject;
  readonly deployment: JsonObject | null;
  readonly flowRun: JsonObject | null;
  readonly failure: string;
}

/** INVALID when a run's job variables, over its deployment's and its pool's, do not fit or are not complete. */
export const checkRunJobVariables = (asked: RunJobVariables): Script<void> =>
  check({
    template: asked.template,
    jobVariables: [asked.deployment, asked.flowRun],
    ignoresRequired: false,
    ignoresInvalidDefaults: true,
    failure: asked.failure,
  });
