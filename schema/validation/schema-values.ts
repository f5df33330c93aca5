import type { FormError } from '#server/parameters/form-errors.ts';
import { validateForm } from '#server/parameters/validate-form.ts';

import { builder } from '../builder.ts';
import type { InputIssue as InputIssueShape } from '../errors/classes.ts';
import { InputIssue } from '../errors/types.ts';

interface Validation {
  readonly valid: boolean;
  readonly issues: readonly InputIssueShape[];
}

/** The leaves of the tree of faults, each with the way to it. */
const toIssues = (
  errors: readonly FormError[],
  path: readonly string[] = [],
): readonly InputIssueShape[] =>
  errors.flatMap((error) => {
    if (typeof error === 'string') return [{ message: error, path }];
    const step = 'property' in error ? error.property : String(error.index);
    return toIssues(error.errors, [...path, step]);
  });

const SchemaValidation = builder.objectRef<Validation>('SchemaValidation').implement({
  description: 'Whether values fit a schema.',
  fields: (t) => ({
    valid: t.exposeBoolean('valid', { description: 'Whether nothing is wrong with them.' }),
    issues: t.field({
      type: [InputIssue],
      description: 'What is wrong with them.',
      resolve: ({ issues }) => [...issues],
    }),
  }),
});

builder.queryField('validateSchemaValues', (t) =>
  t.field({
    type: SchemaValidation,
    description:
      'Holds values against a JSON schema, as a form does while it is filled in: what a variable or template will give counts as right.',
    args: {
      schema: t.arg({ type: 'JSONObject', required: true, description: 'The JSON schema.' }),
      values: t.arg({ type: 'JSONObject', required: true, description: 'The values.' }),
    },
    resolve: async (_root, { schema, values }, { server }): Promise<Validation> => {
      const { valid, errors } = await validateForm(server, { schema, values });
      return { valid, issues: toIssues(errors) };
    },
  }),
);
