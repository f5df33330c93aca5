import { JinjaFault } from '#server/parameters/jinja-fault.ts';
import { checkTemplate } from '#server/parameters/jinja.ts';

import { wholeBody } from './body.ts';
import { type Reply, answer, noContent } from './reply.ts';
import { type Route, route } from './route.ts';
import { text } from './wire/pydantic/scalar.ts';

const validate = (template: string): Reply => {
  try {
    checkTemplate(template);
    return noContent;
  } catch (error) {
    if (!(error instanceof JinjaFault)) throw error;
    const { line, message } = error;
    return answer({ error: { line, message, source: template } }, 422);
  }
};

// Nothing at all is an empty template, and that is a good one.
const template = wholeBody(text().meta({ default: '' }), (given) => given ?? '');

/** Whether a text is a template that automations can use; the older address is for older pages. */
export const templateRoutes = (): readonly Route[] =>
  ['/automations/templates/validate', '/templates/validate'].map((path) =>
    route({
      method: 'POST',
      path,
      status: 204,
      body: template,
      handle: ({ body }) => validate(body),
    }),
  );
