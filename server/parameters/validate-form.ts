import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import { listVariableValues } from '#server/db/sql/deployment-variables.ts';
import { ServerError } from '#server/errors.ts';
import type { JsonObject } from '#server/json.ts';

import { formErrors } from './form-errors.ts';
import { hydrate } from './hydrate.ts';
import { preprocessSchema } from './preprocess-schema.ts';
import { schemaFault } from './schema-fault.ts';
import { CircularSchemaFault, ValidationFault } from './validate.ts';

/** Tells a form what is wrong with the values filled in so far. INVALID when the schema is wrong itself. */
export const validateForm = async (
  ctx: Context,
  { schema, values }: { readonly schema: JsonObject; readonly values: JsonObject },
): Promise<ReturnType<typeof formErrors>> => {
  const fault = schemaFault(preprocessSchema(schema, { allowNoneWithDefault: false }));
  if (fault !== null) throw new ServerError('INVALID', fault);
  const variables = await ctx.db.read(() => rows(listVariableValues()));
  const hydrated = hydrate(values, {
    variables: new Map(variables.map(({ name, value }) => [name, value])),
    jinjaContext: null,
  });
  try {
    return formErrors(hydrated, schema);
  } catch (error) {
    if (!(error instanceof CircularSchemaFault) && !(error instanceof ValidationFault)) throw error;
    throw new ServerError('INVALID', `Invalid schema: ${error.message}`, { cause: error });
  }
};
