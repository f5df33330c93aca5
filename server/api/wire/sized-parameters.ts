import { parameterSizeFault } from '#server/commands/bounds.ts';
import type { JsonObject } from '#server/json.ts';

import { Refusal, type Schema, describedAs, refuseValue, schemaOf } from './pydantic/refusal.ts';
import { dictionary } from './pydantic/shapes.ts';

/** Parameters of at most so many bytes of JSON. */
export const sizedParameters = (mostBytes: number): Schema<JsonObject> => {
  const schema = schemaOf<JsonObject>((value) => {
    const result = dictionary.safeParse(value);
    if (!result.success)
      return new Refusal([{ type: 'dict_type', msg: 'Input should be a valid dictionary' }]);
    const fault = parameterSizeFault(result.data, mostBytes);
    return fault === null ? result.data : refuseValue(fault);
  });
  return describedAs(schema, () => dictionary);
};
