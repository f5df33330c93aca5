import type { Context } from '#server/context.ts';
import { type Script, one } from '#server/db/script.ts';
import { readBlockDocumentRow } from '#server/db/sql/block-document-statements.ts';
import { ServerError } from '#server/errors.ts';
import { parseId } from '#server/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';
import { viewDocuments } from '#server/queries/block-document/load-documents.ts';

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

function* blockData(ctx: Context, reference: string): Script<JsonObject> {
  const id = parseId(reference);
  const document = id === null ? null : yield* one(readBlockDocumentRow(id));
  const documents = document === null ? [] : [document];
  const [block] = yield* viewDocuments(ctx, documents, { includesSecrets: false });
  if (block === undefined) throw new ServerError('NOT_FOUND', 'Block not found.');
  return block.data;
}

const fits = (name: string, value: JsonValue, schema: JsonObject): boolean =>
  findFaults({ [name]: value }, schema, { preprocess: false, ignoreRequired: true }).length === 0;

function* readDefaults(
  ctx: Context,
  { schema, ignoresInvalid }: { readonly schema: JsonObject; readonly ignoresInvalid: boolean },
): Script<Defaults> {
  const values: Record<string, JsonValue> = {};
  let isPartial = false;
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  for (const [name, field] of Object.entries(properties)) {
    const given = isJsonObject(field) ? field['default'] : undefined;
    if (given === undefined) continue;
    const block = blockReference(given);
    const value = block === null ? given : yield* blockData(ctx, block);
    if (ignoresInvalid && !fits(name, value, schema)) isPartial = true;
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
  return new ServerError('INVALID', `${failure}: ${error.message}`, {
    cause: error,
    details: { kind: 'Job variables', issues: error.issues },
  });
};

function* check(ctx: Context, asked: Check): Script<void> {
  const schema = asked.template['variables'];
  if (!isJsonObject(schema) || Object.keys(schema).length === 0) return;
  try {
    const defaults = yield* readDefaults(ctx, {
      schema,
      ignoresInvalid: asked.ignoresInvalidDefaults,
    });
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
export function* checkJobVariableDefaults(ctx: Context, template: JsonObject): Script<void> {
  const schema = template['variables'];
  const fault = isJsonObject(schema) ? schemaFault(schema) : null;
  if (fault !== null) throw new ServerError('INVALID', fault);
  yield* check(ctx, {
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
export function* checkDeploymentJobVariables(
  ctx: Context,
  asked: DeploymentJobVariables,
): Script<void> {
  const { template, jobVariables, failure } = asked;
  if (!isJsonObject(jobVariables) || Object.keys(jobVariables).length === 0) return;
  yield* check(ctx, {
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
export const checkRunJobVariables = (ctx: Context, asked: RunJobVariables): Script<void> =>
  check(ctx, {
    template: asked.template,
    jobVariables: [asked.deployment, asked.flowRun],
    ignoresRequired: false,
    ignoresInvalidDefaults: true,
    failure: asked.failure,
  });
