import { expect, test } from 'vitest';

import { run } from '#server/db/script.ts';
import { newId } from '#server/ids.ts';
import { buildBlock, buildDocument, referenceTo } from '#tests/support/blocks.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

import { countStatements } from './support/count-statements.ts';
import { mutate } from './support/mutate.ts';
import { ask, data } from './support/operations.ts';

const NOBODY = newId();

describeEachDatabase('Blocks', (db) => {
  test.each([
    ['createBlockType', { name: 'a/b', slug: 'a' }, 'InvalidInputError'],
    ['createBlockType', { name: 'Mine', slug: 'My Slug' }, 'InvalidInputError'],
    ['createBlockType', { name: 'Prefect Mine', slug: 'mine' }, 'ProtectedError'],
    ['updateBlockType', { id: NOBODY }, 'NotFoundError'],
    ['deleteBlockType', { id: NOBODY }, 'NotFoundError'],
    ['createBlockSchema', { blockTypeId: NOBODY, fields: {} }, 'NotFoundError'],
    ['deleteBlockSchema', { id: NOBODY }, 'NotFoundError'],
    [
      'createBlockDocument',
      { blockTypeId: NOBODY, blockSchemaId: NOBODY, data: {} },
      'InvalidInputError',
    ],
    [
      'createBlockDocument',
      { blockTypeId: NOBODY, blockSchemaId: NOBODY, data: {}, name: 'no name' },
      'InvalidInputError',
    ],
    [
      'createBlockDocument',
      { blockTypeId: NOBODY, blockSchemaId: NOBODY, data: {}, name: 'name' },
      'NotFoundError',
    ],
    ['updateBlockDocument', { id: NOBODY }, 'NotFoundError'],
    ['deleteBlockDocument', { id: NOBODY }, 'NotFoundError'],
    ['installSystemBlockTypes', { confirm: false }, 'InvalidInputError'],
  ])('%s of %j is refused with %s', async (name, input, typename) => {
    const answer = await mutate(db.ctx, name, { input });
    expect(answer).toMatchObject({ __typename: typename, message: expect.any(String) });
  });

  test('a document with no key of its type is refused', async () => {
    const block = await buildBlock(db.ctx, { slug: 'lonely' });
    const answer = await mutate(db.ctx, 'createBlockDocument', {
      input: { ...block, blockSchemaId: NOBODY, name: 'doc', data: {} },
    });
    expect(answer).toMatchObject({ __typename: 'NotFoundError' });
  });

  test('a reference to a document or a type that is not there is refused', async () => {
    const block = await buildBlock(db.ctx, { slug: 'pointing' });
    const document = await mutate(db.ctx, 'createBlockDocument', {
      input: { ...block, name: 'nowhere', data: { child: referenceTo(NOBODY) } },
    });
    const schema = await mutate(db.ctx, 'createBlockSchema', {
      input: {
        blockTypeId: block.blockTypeId,
        fields: {
          title: 'x',
          type: 'object',
          block_schema_references: {
            child: { block_schema_checksum: 'sha256:x', block_type_slug: 'nobody' },
          },
          definitions: { X: { title: 'X' } },
        },
      },
      refusals: '... on NotFoundError { typename key }',
    });
    expect(document).toMatchObject({ __typename: 'NotFoundError' });
    expect(schema).toMatchObject({
      __typename: 'NotFoundError',
      typename: 'BlockType',
      key: 'nobody',
    });
  });

  test('a circle of documents is refused', async () => {
    const block = await buildBlock(db.ctx, { slug: 'round' });
    const first = await buildDocument(db.ctx, block, { name: 'first' });
    const second = await buildDocument(db.ctx, block, {
      name: 'second',
      data: { child: referenceTo(first) },
    });
    const answer = await mutate(db.ctx, 'updateBlockDocument', {
      input: { id: first, data: { child: referenceTo(second) } },
    });
    expect(answer).toMatchObject({ __typename: 'InvalidInputError' });
  });

  test('a name or slug that is taken is refused', async () => {
    const block = await buildBlock(db.ctx, { slug: 'taken' });
    await buildDocument(db.ctx, block, { name: 'one' });
    const type = await mutate(db.ctx, 'createBlockType', { input: { name: 'T', slug: 'taken' } });
    const input = { ...block, name: 'one', data: {} };
    const document = await mutate(db.ctx, 'createBlockDocument', { input });
    expect([type['__typename'], document['__typename']]).toEqual([
      'AlreadyExistsError',
      'AlreadyExistsError',
    ]);
  });

  test('types that the server needs are brought back and kept', async () => {
    const payload = 'installed';
    const answer = await mutate(db.ctx, 'installSystemBlockTypes', {
      input: { confirm: true },
      payload,
    });
    expect(answer['installed']).toBeGreaterThan(0);
    const { blockType } = (await data(
      db.ctx,
      '{ blockType(by: { slug: "secret" }) { id isProtected logoUrl } }',
    )) as { blockType: { id: string; isProtected: boolean } };
    expect(blockType).toMatchObject({ isProtected: true, logoUrl: '/logos/secret.svg' });
    const deletion = await mutate(db.ctx, 'deleteBlockType', {
      input: { id: blockType.id },
      refusals: '... on ProtectedError { resource { id ... on BlockType { slug } } }',
    });
    expect(deletion).toMatchObject({
      __typename: 'ProtectedError',
      resource: { id: blockType.id, slug: 'secret' },
    });
  });

  test('a block is made step by step, changed and deleted', async () => {
    const type = await mutate(db.ctx, 'createBlockType', {
      input: { name: 'Bucket', slug: 'bucket', description: 'Keeps things' },
      payload: 'blockType { id name description }',
    });
    const blockTypeId = (type['blockType'] as { readonly id: string }).id;
    const addSchema = () =>
      mutate(db.ctx, 'createBlockSchema', {
        input: {
          blockTypeId,
          fields: { title: 'Bucket', type: 'object', secret_fields: ['key'] },
          capabilities: ['write-path'],
          version: '1.0',
        },
        payload: 'created blockSchema { id version capabilities blockType { slug } }',
      });
    const schema = await addSchema();
    expect(schema).toMatchObject({
      created: true,
      blockSchema: {
        version: '1.0',
        capabilities: ['write-path'],
        blockType: { slug: 'bucket' },
      },
    });
    expect(await addSchema()).toMatchObject({ created: false });
    const document = await mutate(db.ctx, 'createBlockDocument', {
      input: {
        blockTypeId,
        blockSchemaId: (schema['blockSchema'] as { readonly id: string }).id,
        name: 'attic',
        data: { key: 'hidden', path: '/a' },
      },
      payload: 'blockDocument { id name isAnonymous data }',
    });
    expect(document['blockDocument']).toMatchObject({
      name: 'attic',
      isAnonymous: false,
      data: { key: '********', path: '/a' },
    });
    const { id } = document['blockDocument'] as { readonly id: string };
    const changed = await mutate(db.ctx, 'updateBlockDocument', {
      input: { id, data: { path: '/b' } },
      payload: 'blockDocument { data(includeSecrets: true) }',
    });
    expect(changed).toMatchObject({ blockDocument: { data: { key: 'hidden', path: '/b' } } });
    const replaced = await mutate(db.ctx, 'updateBlockDocument', {
      input: { id, data: { path: '/c' }, mergeExistingData: false },
      payload: 'blockDocument { data(includeSecrets: true) }',
    });
    expect(replaced).toMatchObject({ blockDocument: { data: { path: '/c' } } });
    await mutate(db.ctx, 'deleteBlockDocument', { input: { id } });
    expect(await data(db.ctx, `{ blockDocument(by: { id: "${id}" }) { id } }`)).toEqual({
      blockDocument: null,
    });
  });

  test('secrets are masked unless they are asked for, in documents that refer to others too', async () => {
    const inner = await buildBlock(db.ctx, { slug: 'inner', secretFields: ['token'] });
    const outer = await buildBlock(db.ctx, { slug: 'outer' });
    const innerId = await buildDocument(db.ctx, inner, { name: 'in', data: { token: 'abc' } });
    await buildDocument(db.ctx, outer, { name: 'out', data: { child: referenceTo(innerId) } });
    const answer = await data(
      db.ctx,
      `{ blockDocument(by: { name: { blockTypeSlug: "outer", name: "out" } }) {
        masked: data open: data(includeSecrets: true)
        references { name blockDocument { id name data } }
      } }`,
    );
    expect(answer).toEqual({
      blockDocument: {
        masked: { child: { token: '********' } },
        open: { child: { token: 'abc' } },
        references: [
          {
            name: 'child',
            blockDocument: { id: innerId, name: 'in', data: { token: '********' } },
          },
        ],
      },
    });
  });

  test('they are found by their filters', async () => {
    const able = await buildBlock(db.ctx, { slug: 'able', capabilities: ['fly', 'swim'] });
    const unable = await buildBlock(db.ctx, { slug: 'unable' });
    await buildDocument(db.ctx, able, { name: 'bird' });
    await buildDocument(db.ctx, unable, { name: 'stone' });
    await mutate(db.ctx, 'createBlockDocument', {
      input: { ...able, data: {}, isAnonymous: true },
    });
    const answer = await data(
      db.ctx,
      `{
        capable: blockTypes(filter: { blockSchemas: { capabilities: { all: ["fly"] } } }) { nodes { slug } }
        schemas: blockSchemas(filter: { capabilities: { any: ["swim"] } }) { nodes { blockType { slug } } }
        named: blockDocuments(filter: {
          isAnonymous: { eq: false }, blockSchema: { capabilities: { all: ["fly"] } }
        }) { totalCount nodes { name } }
        ofType: blockDocuments(filter: { blockType: { slug: { in: ["unable"] } } }) { nodes { name } }
        ordered: blockDocuments(
          filter: { blockType: { slug: { in: ["able", "unable"] } }, isAnonymous: { eq: false } }
          orderBy: [{ field: BLOCK_TYPE }, { field: NAME }]
        ) { nodes { name } }
        blockCapabilities
      }`,
    );
    expect(answer).toMatchObject({
      capable: { nodes: [{ slug: 'able' }] },
      schemas: { nodes: [{ blockType: { slug: 'able' } }] },
      named: { totalCount: 1, nodes: [{ name: 'bird' }] },
      ofType: { nodes: [{ name: 'stone' }] },
      ordered: { nodes: [{ name: 'stone' }, { name: 'bird' }] },
    });
    expect(answer['blockCapabilities']).toEqual(expect.arrayContaining(['fly', 'swim']));
  });

  test('a schema is found by its checksum, the newest when no version is given', async () => {
    const { blockTypeId } = await buildBlock(db.ctx, { slug: 'versioned' });
    const fields = { title: 'versioned twice', type: 'object' };
    for (const version of ['1', '2'])
      await mutate(db.ctx, 'createBlockSchema', { input: { blockTypeId, fields, version } });
    const { blockType } = (await data(
      db.ctx,
      '{ blockType(by: { slug: "versioned" }) { latestSchema { checksum version } } }',
    )) as { blockType: { latestSchema: { checksum: string; version: string } } };
    expect(blockType.latestSchema.version).toBe('2');
    const { checksum } = blockType.latestSchema;
    expect(
      await data(
        db.ctx,
        `query Find($checksum: String!) {
          newest: blockSchema(by: { checksum: { checksum: $checksum } }) { version }
          first: blockSchema(by: { checksum: { checksum: $checksum, version: "1" } }) { version }
          none: blockSchema(by: { checksum: { checksum: $checksum, version: "3" } }) { version }
        }`,
        { checksum },
      ),
    ).toEqual({ newest: { version: '2' }, first: { version: '1' }, none: null });
  });

  test('types with their schemas and open documents take the same statements for one and for many', async () => {
    for (const slug of ['many-a', 'many-b', 'many-c']) {
      const block = await buildBlock(db.ctx, { slug, secretFields: ['key'] });
      const first = await buildDocument(db.ctx, block, { name: 'first', data: { key: slug } });
      await buildDocument(db.ctx, block, { name: 'second', data: { child: referenceTo(first) } });
    }
    const query = `query Nested($slugs: [String!]) { blockTypes(filter: { slug: { in: $slugs } }) { nodes {
      latestSchema { version } blockSchemas(first: 2) { totalCount nodes { checksum } }
      blockDocuments(first: 5) { totalCount nodes { data references { blockDocument { name data } } } }
    } } }`;
    const statements = (slugs: readonly string[]) =>
      countStatements(() => data(db.ctx, query, { slugs }));
    await statements(['many-a']);
    expect(await statements(['many-a', 'many-b', 'many-c'])).toBe(await statements(['many-a']));
  });

  test('a document that nobody can open is an error of its data alone', async () => {
    const block = await buildBlock(db.ctx, { slug: 'sealed' });
    const id = await buildDocument(db.ctx, block, { name: 'broken' });
    await db.ctx.db.write(function* () {
      yield* run(
        db.ctx.db.builder.updateTable('blockDocument').set({ data: 'x' }).where('id', '=', id),
      );
    });
    const { body } = await ask(db.ctx, `{ blockDocument(by: { id: "${id}" }) { name data } }`);
    expect(body.errors?.[0]?.path).toEqual(['blockDocument', 'data']);
  });
});
