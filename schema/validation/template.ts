import { JinjaFault } from '#server/parameters/jinja-fault.ts';
import { checkTemplate } from '#server/parameters/jinja.ts';

import { builder } from '../builder.ts';

interface Validation {
  readonly valid: boolean;
  readonly line: number | null;
  readonly message: string | null;
  readonly source: string | null;
}

const GOOD: Validation = { valid: true, line: null, message: null, source: null };

const TemplateValidation = builder.objectRef<Validation>('TemplateValidation').implement({
  description: 'Whether a text is a template that automations can use.',
  fields: (t) => ({
    valid: t.exposeBoolean('valid', { description: 'Whether nothing is wrong with it.' }),
    line: t.exposeInt('line', {
      nullable: true,
      description: 'The line that is wrong, from 1; 0 when the whole is.',
    }),
    message: t.exposeString('message', { nullable: true, description: 'What is wrong.' }),
    source: t.exposeString('source', {
      nullable: true,
      description: 'The text, when it is wrong.',
    }),
  }),
});

const validate = (template: string): Validation => {
  try {
    checkTemplate(template);
    return GOOD;
  } catch (error) {
    if (!(error instanceof JinjaFault)) throw error;
    return { valid: false, line: error.line, message: error.message, source: template };
  }
};

builder.queryField('validateTemplate', (t) =>
  t.field({
    type: TemplateValidation,
    description: 'Says whether a text is a template that automations can use.',
    args: { template: t.arg.string({ required: true, description: 'The text.' }) },
    resolve: (_root, { template }) => validate(template),
  }),
);
