import type { VariableRow } from '#prisma/tables.ts';
import { formatInstant } from '#server/time.ts';

import { variableValueAnswer } from '../answers/variable.ts';
import { type Schema, describedAs, refuse, refuseValue, schemaOf } from './pydantic/refusal.ts';
import { choice } from './pydantic/scalar.ts';
import { anything, model, texts } from './pydantic/shapes.ts';

const MAX_NAME_LENGTH = 255;
const MAX_VALUE_LENGTH = 5000;

const name: Schema<string> = schemaOf(
  (value) => {
    if (typeof value !== 'string') return refuse('string_type', 'Input should be a valid string');
    if (!/^[a-z0-9\-_]*$/.test(value)) {
      return refuseValue(
        'Variable name must only contain lowercase letters, numbers, and dashes or underscores.',
      );
    }
    if (value.length <= MAX_NAME_LENGTH) return value;
    return refuse(
      'too_long',
      `Value should have at most ${MAX_NAME_LENGTH} items after validation, not ${value.length}`,
      { field_type: 'Value', max_length: MAX_NAME_LENGTH, actual_length: value.length },
    );
  },
  { type: 'string', maxLength: MAX_NAME_LENGTH },
);

const value = describedAs(
  anything.refine((given) => JSON.stringify(given).length <= MAX_VALUE_LENGTH, {
    message: `Variable value must be less than ${MAX_VALUE_LENGTH} characters`,
  }),
  () => variableValueAnswer,
);

export const variableSort = choice([
  'CREATED_DESC',
  'UPDATED_DESC',
  'NAME_DESC',
  'NAME_ASC',
]).default('NAME_ASC');

/** The body that makes a variable. */
export const newVariable = model({ name, value, tags: texts.default([]) });

/** The body that changes a variable. */
export const variableChanges = model({
  name: name.optional(),
  value: value.optional(),
  tags: texts.optional(),
});

export const variableToWire = (variable: VariableRow) => ({
  id: variable.id,
  created: formatInstant(variable.created),
  updated: formatInstant(variable.updated),
  name: variable.name,
  value: variable.value,
  tags: variable.tags,
});
