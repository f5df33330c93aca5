import { z } from 'zod';

import type { Context } from '#server/context.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';

import { answerText } from './reply.ts';
import { API_VERSION } from './root.ts';
import { type Route, route } from './route.ts';
import type { Schema } from './wire/pydantic/refusal.ts';

const PATH_PARAMETER = /\{(\w+)(:uuid)?\}/g;

/** The keys without which an object is refused; a schema of ours takes anything, so only trying it tells. */
const requiredKeys = (schema: z.core.$ZodType): readonly string[] =>
  schema instanceof z.ZodObject
    ? Object.entries<z.ZodType>(schema.shape)
        .filter(([, field]) => !field.safeParse(undefined).success)
        .map(([key]) => key)
    : [];

const describe = (schema: Schema<unknown>): JsonObject => {
  const { $schema: _, ...described } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    target: 'draft-2020-12',
    override: ({ zodSchema, jsonSchema }) => {
      const required = requiredKeys(zodSchema);
      if (required.length > 0) jsonSchema.required = [...required];
    },
  });
  // A JSON Schema is made of JSON.
  return described as JsonObject;
};

const pathParameters = (path: string): readonly JsonObject[] =>
  Array.from(path.matchAll(PATH_PARAMETER), ([, name = '', isUuid]) => ({
    name,
    in: 'path',
    required: true,
    schema: isUuid === undefined ? { type: 'string' } : { type: 'string', format: 'uuid' },
  }));

const queryParameters = (schema: Schema<unknown> | undefined): readonly JsonObject[] => {
  if (schema === undefined) return [];
  const { properties, required } = describe(schema);
  const needed: readonly JsonValue[] = Array.isArray(required) ? required : [];
  return Object.entries(isJsonObject(properties) ? properties : {}).map(([name, described]) => ({
    name,
    in: 'query',
    required: needed.includes(name),
    schema: described,
  }));
};

const operationId = ({ method, path }: Route): string =>
  `${method.toLowerCase()}${path.replaceAll(/[^A-Za-z0-9]+/g, '_')}`.replace(/_$/, '');

const operation = (given: Route): JsonObject => ({
  operationId: operationId(given),
  tags: [given.path.split('/')[1] ?? ''],
  parameters: [...pathParameters(given.path), ...queryParameters(given.query)],
  ...(given.body === undefined
    ? {}
    : {
        requestBody: {
          required: given.body.names === null,
          content: { 'application/json': { schema: describe(given.body.schema) } },
        },
      }),
  responses: { default: { description: 'See the documentation of Prefect.' } },
});

/** The interface document of the given routes, written from the schemas that read their bodies. */
export const openapiDocument = (routes: readonly Route[], base: string): JsonObject => {
  const paths = Map.groupBy(routes, ({ path }) => path.replaceAll(PATH_PARAMETER, '{$1}'));
  return {
    openapi: '3.1.0',
    info: { title: 'Prefect REST interface', version: API_VERSION },
    servers: [{ url: base }],
    paths: Object.fromEntries(
      Array.from(paths, ([path, operations]) => [
        path,
        Object.fromEntries(
          operations.map((given) => [given.method.toLowerCase(), operation(given)]),
        ),
      ]),
    ),
  };
};

/** Serves the interface document, which is written when somebody first asks for it. */
export const openapiRoute = (ctx: Context, routes: readonly Route[]): Route => {
  let text: string | null = null;
  return route({
    method: 'GET',
    path: '/openapi.json',
    allowsAnyVersion: true,
    handle: () => {
      text ??= JSON.stringify(openapiDocument(routes, ctx.settings.api.basePath ?? '/api'));
      return answerText(text);
    },
  });
};
