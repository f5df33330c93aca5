import { afterAll, beforeAll, expect, test } from 'vitest';

import { mutate } from '#tests/schema/support/mutate.ts';
import { type ApiServer, serveApi } from '#tests/support/api.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { insertFlow } from '#tests/support/orchestration.ts';

const SCHEMA = {
  type: 'object',
  properties: { size: { enum: ['s', 'm'], type: 'string' }, count: { type: 'integer' } },
  required: ['count'],
};
const MISFIT = "Validation failed for field 'size'. Failure reason: 5 is not one of ['s', 'm']";
const NO_SCHEMA =
  "The provided schema is not a valid json schema. Schema error: 'junk' is not valid under any of the given schemas";

describeEachDatabase('parameters that a deployment comes with', (db) => {
  let api: ApiServer;
  let flowId: string;
  beforeAll(async () => {
    api = await serveApi(db.ctx);
    ({ id: flowId } = await insertFlow(db.ctx));
  });
  afterAll(() => api.close());

  const create = (name: string, fields: object) =>
    api.call('POST', '/deployments/', { name, flow_id: flowId, ...fields });

  test.each([
    ['a value that does not fit', { parameters: { size: 5 }, schema: SCHEMA, msg: MISFIT }],
    [
      'a pattern that is none',
      {
        parameters: {},
        schema: { properties: { size: { pattern: '(' } } },
        msg: "The provided schema is not a valid json schema. Schema error: '(' is not a 'regex'",
      },
    ],
    ['a schema that is none', { parameters: {}, schema: { type: 'junk' }, msg: NO_SCHEMA }],
    [
      'a list for a schema',
      {
        parameters: {},
        schema: ['x'],
        msg: "The provided schema is not a valid json schema. Schema error: ['x'] is not of type 'object', 'boolean'",
      },
    ],
  ])('are refused for %s', async (_, { parameters, schema, msg }) => {
    const fields = {
      parameters,
      parameter_openapi_schema: schema,
      enforce_parameter_schema: true,
    };
    expect(await create('refused', fields)).toMatchObject({
      status: 422,
      json: {
        exception_detail: [{ type: 'value_error', loc: ['body'], msg: `Value error, ${msg}` }],
      },
    });
  });

  test('are refused by GraphQL in the same words', async () => {
    const input = {
      flowId,
      name: 'refused',
      parameters: { size: 5 },
      parameterOpenapiSchema: SCHEMA,
      enforceParameterSchema: true,
    };
    expect(await mutate(db.ctx, 'createDeployment', { input })).toMatchObject({ message: MISFIT });
  });

  test('may leave out what each run has to bring', async () => {
    const fields = { parameter_openapi_schema: SCHEMA, enforce_parameter_schema: true };
    expect(await create('later', fields)).toMatchObject({ status: 201 });
  });

  test.each(['^(?P<name>a)(?P=name)$', '(?i)^a@b$', '^\\@\\w++$', '\\Aa\\Z'])(
    'may be held against the pattern %s, which Python knows',
    async (pattern) => {
      const schema = { properties: { size: { type: 'string', pattern } } };
      const fields = { parameter_openapi_schema: schema, enforce_parameter_schema: true };
      expect(await create(`like ${pattern.length}`, fields)).toMatchObject({ status: 201 });
    },
  );

  test('are not looked at unless the rule is named', async () => {
    const fields = { parameters: { size: 5 }, parameter_openapi_schema: SCHEMA };
    expect(await create('unnamed', fields)).toMatchObject({ status: 201 });
  });

  test('of runs made in bulk are refused where there is no schema for them', async () => {
    const fields = { parameter_openapi_schema: null, enforce_parameter_schema: true };
    const { json } = await create('bare', fields);
    const { id } = json as { readonly id: string };
    expect(await api.call('POST', `/deployments/${id}/create_flow_run/bulk`, [{}])).toMatchObject({
      json: {
        results: [
          {
            status: 'FAILED',
            error: 'Parameter schema enforcement is enabled but deployment has no valid schema.',
          },
        ],
      },
    });
  });
});
