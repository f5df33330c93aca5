import { describe, expect, test } from 'vitest';

import { newId } from '#server/ids.ts';
import { withSettings } from '#server/settings.ts';
import { buildBlock, buildDocument } from '#tests/support/blocks.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

import { mutate } from './support/mutate.ts';
import { ask, data } from './support/operations.ts';

describeEachDatabase('The server over GraphQL', (db) => {
  describe('where results are kept', () => {
    test.each([
      ['setDefaultResultStorage', { blockDocumentId: newId() }, 'NotFoundError'],
      ['clearDefaultResultStorage', { confirm: false }, 'InvalidInputError'],
    ])('%s of %j is refused with %s', async (name, input, typename) => {
      const answer = await mutate(db.ctx, name, { input });
      expect(answer).toMatchObject({ __typename: typename, message: expect.any(String) });
    });

    test('a block that cannot write is refused', async () => {
      const block = await buildBlock(db.ctx, { slug: 'reader' });
      const blockDocumentId = await buildDocument(db.ctx, block, { name: 'closed' });
      const answer = await mutate(db.ctx, 'setDefaultResultStorage', {
        input: { blockDocumentId },
      });
      expect(answer).toMatchObject({ __typename: 'InvalidInputError' });
    });

    test('one that can is told until it is cleared', async () => {
      const block = await buildBlock(db.ctx, { slug: 'writer', capabilities: ['write-path'] });
      const blockDocumentId = await buildDocument(db.ctx, block, { name: 'open' });
      const payload = 'server { defaultResultStorage { id name } }';
      const set = await mutate(db.ctx, 'setDefaultResultStorage', {
        input: { blockDocumentId },
        payload,
      });
      const server = { defaultResultStorage: { id: blockDocumentId, name: 'open' } };
      expect(set).toMatchObject({ server });
      expect(await data(db.ctx, `{ ${payload} }`)).toEqual({ server });
      const cleared = await mutate(db.ctx, 'clearDefaultResultStorage', {
        input: { confirm: true },
        payload,
      });
      expect(cleared).toMatchObject({ server: { defaultResultStorage: null } });
    });
  });

  describe('values and their schema', () => {
    const check = (schema: object, values: object) =>
      ask(
        db.ctx,
        `query Check($schema: JSONObject!, $values: JSONObject!) {
          validateSchemaValues(schema: $schema, values: $values) { valid issues { path message } }
        }`,
        { schema, values },
      );

    test('a schema that is none is refused', async () => {
      const { body } = await check({ type: 'no type' }, {});
      expect(body.errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
    });

    test('each fault comes with its place, and what a variable will give counts as right', async () => {
      const schema = {
        type: 'object',
        properties: {
          sizes: { type: 'array', items: { type: 'integer' } },
          name: { type: 'string' },
          later: { type: 'integer' },
        },
        required: ['name'],
      };
      const values = {
        sizes: [1, 'two'],
        later: { __prefect_kind: 'workspace_variable', variable_name: 'x' },
      };
      const { body } = await check(schema, values);
      const { valid, issues } = (body.data ?? {})['validateSchemaValues'] as {
        readonly valid: boolean;
        readonly issues: readonly { readonly path: readonly string[] }[];
      };
      expect(valid).toBe(false);
      expect(issues.map(({ path }) => path)).toEqual(
        expect.arrayContaining([['sizes', '1'], ['name']]),
      );
      const fine = await check(schema, { name: 'a', sizes: [1] });
      expect(fine.body.data).toEqual({ validateSchemaValues: { valid: true, issues: [] } });
    });
  });

  test('whoever asks is told who they are', async () => {
    const query = '{ viewer { name roles scopes } }';
    expect(await data(db.ctx, query)).toMatchObject({
      viewer: { name: 'anonymous', roles: ['ADMIN'] },
    });
    const settings = withSettings(db.ctx.settings, { api: { authString: 'ada:secret' } });
    expect(await data({ ...db.ctx, settings }, query)).toMatchObject({ viewer: { name: 'ada' } });
  });

  test('an answer tells what the operation costs, a larger page more', async () => {
    const costOf = async (first: number) => {
      const { body } = await ask(
        db.ctx,
        `{ flows(first: ${first}) { nodes { flowRuns(first: 5) { totalCount } } } }`,
      );
      return body.extensions?.['cost'] as { readonly requested: number; readonly limit: number };
    };
    const [small, large] = [await costOf(1), await costOf(100)];
    expect(small.limit).toBe(1000);
    expect(small.requested).toBeGreaterThan(0);
    expect(large.requested).toBeGreaterThan(small.requested);
  });
});
