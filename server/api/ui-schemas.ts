import type { Context } from '#server/context.ts';
import { validateForm } from '#server/parameters/validate-form.ts';

import { schemaValuesValidationAnswer } from './answers/schema-validation.ts';
import { parametersBody } from './body.ts';
import { answer } from './reply.ts';
import { type Route, route } from './route.ts';
import { dictionary } from './wire/pydantic/shapes.ts';

/** Where Prefect's pages ask about the forms that they make of schemas. */
export const uiSchemaRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/ui/schemas/validate',
    answers: schemaValuesValidationAnswer,
    body: parametersBody({ schema: dictionary, values: dictionary }),
    handle: async ({ body }) => answer(await validateForm(ctx, body)),
  }),
];
