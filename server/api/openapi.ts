import { z } from 'zod';

import type { Context } from '#server/context.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';

import { describeSchema } from './openapi-schema.ts';
import { answerText } from './reply.ts';
import { API_VERSION } from './root.ts';
import { type Route, route } from './route.ts';
import type { Schema } from './wire/pydantic/refusal.ts';

const PATH_PARAMETER = /\{(\w+)(:uuid)?\}/g;

/** Collects the schemas that have a name, so that each stands in the document once. */
type Components = Map<string, JsonValue>;

const pathParameters = (
  { path, parts = {} }: Route,
  components: Components,
): readonly JsonObject[] =>
  Array.from(path.matchAll(PATH_PARAMETER), ([, name = '', isUuid]) => {
    const part = parts[name];
    const plain = { type: 'string', ...(isUuid === undefined ? {} : { format: 'uuid' }) };
    return {
      name,
      in: 'path',
      required: true,
      schema: part === undefined ? plain : describeSchema(part, components),
    };
  });

const queryParameters = (
  schema: Schema<unknown> | undefined,
  components: Components,
): readonly JsonObject[] => {
  if (schema === undefined) return [];
  const { properties, required } = describeSchema(schema, components);
  const needed: readonly JsonValue[] = Array.isArray(required) ? required : [];
  return Object.entries(isJsonObject(properties) ? properties : {}).map(([name, described]) => ({
    name,
    in: 'query',
    required: needed.includes(name),
    schema: described,
  }));
};

const VERSION_HEADER: JsonObject = {
  name: 'x-prefect-api-version',
  in: 'header',
  required: false,
  schema: { type: 'string' },
};

const operationId = ({ method, path }: Route): string =>
  `${method.toLowerCase()}${path.replaceAll(/[^A-Za-z0-9]+/g, '_')}`.replace(/_$/, '');

const success = ({ answers, status = 200 }: Route, components: Components): JsonObject => {
  const schema = answers === undefined ? {} : describeSchema(answers, components);
  const content = status === 204 ? {} : { content: { 'application/json': { schema } } };
  return { [String(status)]: { description: 'Success', ...content } };
};

const REFUSALS: JsonObject = {
  '422': {
    description: 'The request is not valid: all its faults, each with its place and its reason',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/InvalidRequest' } } },
  },
};

const INVALID_REQUEST = z.object({
  exception_message: z.string(),
  exception_detail: z.array(
    z.object({ type: z.string(), loc: z.array(z.union([z.string(), z.int()])), msg: z.string() }),
  ),
  request_body: z.unknown(),
});

const operation = (given: Route, components: Components): JsonObject => ({
  operationId: operationId(given),
  tags: [given.path.split('/')[1] ?? ''],
  parameters: [
    ...pathParameters(given, components),
    ...queryParameters(given.query, components),
    ...(given.allowsAnyVersion === true ? [] : [VERSION_HEADER]),
  ],
  ...(given.body === undefined
    ? {}
    : {
        requestBody: {
          required: given.body.names === null,
          content: {
            'application/json': { schema: describeSchema(given.body.schema, components) },
          },
        },
      }),
  responses: { ...success(given, components), ...REFUSALS },
});

/** The interface document of the given routes, written from the schemas that read their bodies. */
export const openapiDocument = (routes: readonly Route[], base: string): JsonObject => {
  const components: Components = new Map();
  const operations = Map.groupBy(routes, ({ path }) => path.replaceAll(PATH_PARAMETER, '{$1}'));
  const paths = Array.from(operations, ([path, alternatives]): [string, JsonObject] => [
    path,
    Object.fromEntries(
      alternatives.map((given) => [given.method.toLowerCase(), operation(given, components)]),
    ),
  ]);
  components.set('InvalidRequest', describeSchema(INVALID_REQUEST, components));
  return {
    openapi: '3.1.0',
    info: { title: 'Prefect REST interface', version: API_VERSION },
    servers: [{ url: base }],
    paths: Object.fromEntries(paths),
    components: { schemas: Object.fromEntries(components) },
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
