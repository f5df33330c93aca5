import { byId, need, readBy } from '../call.ts';
import { BLOCK_DOCUMENT, BLOCK_SCHEMA, BLOCK_TYPE } from '../entities.ts';
import { type Chapter, type Step, at, inOrder, list } from '../step.ts';
import { idAs, made, many, manyBy, one, value } from '../view.ts';

const createType = (slug: string): Step => ({
  rest: 'POST /block_types/',
  graphql: 'createBlockType',
  call: () => ({
    input: {
      name: slug,
      slug,
      logoUrl: 'https://example.com/logo.png',
      documentationUrl: 'https://example.com/docs',
      description: 'Where things are.',
      codeExample: 'load()',
    },
    select: `blockType { ${BLOCK_TYPE.selection} }`,
  }),
  compare: one(BLOCK_TYPE, 'blockType'),
  keep: idAs(slug),
});

const FIELDS = {
  title: 'Store',
  type: 'object',
  properties: {
    address: { title: 'Address', type: 'string' },
    password: { title: 'Password', type: 'string', format: 'password', writeOnly: true },
  },
  required: ['address'],
  block_type_slug: 'store',
  secret_fields: ['password'],
  block_schema_references: {},
};

const createSchema = (kept: string, version: string, capabilities: readonly string[]): Step => ({
  rest: 'POST /block_schemas/',
  graphql: 'createBlockSchema',
  call: (found) => ({
    input: { blockTypeId: need(found, 'store'), fields: FIELDS, capabilities, version },
    select: `created blockSchema { ${BLOCK_SCHEMA.selection} }`,
  }),
  compare: made(BLOCK_SCHEMA, 'blockSchema'),
  keep: (compared) => ({
    [kept]: at(compared, 'entity.id'),
    [`${kept}-checksum`]: at(compared, 'entity.checksum'),
  }),
});

const createDocument = (name: string): Step => ({
  rest: 'POST /block_documents/',
  graphql: 'createBlockDocument',
  call: (found) => ({
    input: {
      name,
      blockTypeId: need(found, 'store'),
      blockSchemaId: need(found, 'schema'),
      data: { address: 'here', password: 'secret' },
    },
    select: `blockDocument { ${BLOCK_DOCUMENT.selection} }`,
  }),
  compare: one(BLOCK_DOCUMENT, 'blockDocument'),
  keep: idAs(name),
});

const SLUG = { path: { slug: 'store' }, args: { by: { slug: 'store' } } };
const NAMED = { name: { blockTypeSlug: 'store', name: 'document' } };

const types: readonly Step[] = [
  createType('store'),
  createType('spare-type'),
  {
    rest: 'PATCH /block_types/{id}',
    graphql: 'updateBlockType',
    call: byId('store', { description: 'Changed.' }, { description: 'Changed.' }),
  },
  {
    rest: 'GET /block_types/{id}',
    graphql: 'blockType',
    call: readBy('store', BLOCK_TYPE.selection),
    compare: one(BLOCK_TYPE),
  },
  {
    rest: 'GET /block_types/slug/{slug}',
    graphql: 'blockType',
    call: () => ({ ...SLUG, select: BLOCK_TYPE.selection }),
    compare: one(BLOCK_TYPE),
  },
  {
    rest: 'POST /block_types/filter',
    graphql: 'blockTypes',
    call: () => ({
      body: { block_types: { name: { like_: 's' } } },
      args: { filter: { name: { contains: 's' } }, first: 10 },
      select: `nodes { ${BLOCK_TYPE.selection} }`,
    }),
    compare: manyBy('slug', many(BLOCK_TYPE)),
  },
  { rest: 'DELETE /block_types/{id}', graphql: 'deleteBlockType', call: byId('spare-type') },
];

const schemas: readonly Step[] = [
  createSchema('schema', '1.0', ['read-path', 'write-path']),
  createSchema('schema', '1.0', ['read-path', 'write-path']),
  createSchema('spare-schema', '2.0', ['read-path']),
  {
    rest: 'GET /block_schemas/{id}',
    graphql: 'blockSchema',
    call: readBy('schema', BLOCK_SCHEMA.selection),
    compare: one(BLOCK_SCHEMA),
  },
  {
    rest: 'GET /block_schemas/checksum/{checksum}',
    graphql: 'blockSchema',
    call: (found) => {
      const checksum = need(found, 'schema-checksum');
      return {
        path: { checksum },
        query: 'version=1.0',
        args: { by: { checksum: { checksum, version: '1.0' } } },
        select: BLOCK_SCHEMA.selection,
      };
    },
    compare: one(BLOCK_SCHEMA),
  },
  {
    rest: 'POST /block_schemas/filter',
    graphql: 'blockSchemas',
    call: () => ({
      body: { block_schemas: { block_capabilities: { all_: ['read-path'] } } },
      args: { filter: { capabilities: { all: ['read-path'] } }, first: 10 },
      select: `nodes { ${BLOCK_SCHEMA.selection} }`,
    }),
    compare: manyBy('version', many(BLOCK_SCHEMA)),
  },
  {
    rest: 'GET /block_capabilities/',
    graphql: 'blockCapabilities',
    call: () => ({}),
    compare: {
      rest: (answer) => inOrder(list(answer)),
      graphql: (answer) => inOrder(list(answer)),
    },
  },
  { rest: 'DELETE /block_schemas/{id}', graphql: 'deleteBlockSchema', call: byId('spare-schema') },
];

const documents: readonly Step[] = [
  createDocument('document'),
  createDocument('spare-document'),
  {
    rest: 'PATCH /block_documents/{id}',
    graphql: 'updateBlockDocument',
    call: byId('document', { data: { address: 'there' } }, { data: { address: 'there' } }),
  },
  {
    rest: 'GET /block_documents/{id}',
    graphql: 'blockDocument',
    call: readBy('document', BLOCK_DOCUMENT.selection),
    compare: one(BLOCK_DOCUMENT),
  },
  {
    rest: 'GET /block_types/slug/{slug}/block_documents/name/{block_document_name}',
    graphql: 'blockDocument',
    call: () => ({
      path: { slug: 'store', block_document_name: 'document' },
      query: 'include_secrets=true',
      args: { by: NAMED },
      select: BLOCK_DOCUMENT.selection.replace('data', 'data(includeSecrets: true)'),
    }),
    compare: one(BLOCK_DOCUMENT),
  },
  {
    rest: 'GET /block_types/slug/{slug}/block_documents',
    graphql: 'blockType',
    call: () => ({
      ...SLUG,
      select: `blockDocuments(first: 10, filter: { isAnonymous: { eq: false } }) { nodes { ${BLOCK_DOCUMENT.selection} } }`,
    }),
    compare: manyBy('name', many(BLOCK_DOCUMENT, 'blockDocuments.nodes')),
  },
  {
    rest: 'POST /block_documents/filter',
    graphql: 'blockDocuments',
    call: () => ({
      body: { block_types: { slug: { any_: ['store'] } }, sort: 'NAME_ASC' },
      args: {
        filter: { blockType: { slug: { in: ['store'] } } },
        orderBy: [{ field: 'NAME', direction: 'ASC' }],
        first: 10,
      },
      select: `nodes { ${BLOCK_DOCUMENT.selection} }`,
    }),
    compare: many(BLOCK_DOCUMENT),
  },
  {
    rest: 'POST /block_documents/count',
    graphql: 'blockDocuments',
    call: () => ({
      body: { block_types: { slug: { any_: ['store'] } } },
      args: { filter: { blockType: { slug: { in: ['store'] } } } },
      select: 'totalCount',
    }),
    compare: value('totalCount'),
  },
  {
    rest: 'DELETE /block_documents/{id}',
    graphql: 'deleteBlockDocument',
    call: byId('spare-document'),
  },
];

export const blocks: Chapter = { name: 'blocks', steps: [...types, ...schemas, ...documents] };

/** Last, as its many rows would be compared after every chapter. */
export const shippedBlocks: Chapter = {
  name: 'shipped blocks and collections',
  steps: [
    {
      rest: 'POST /block_types/install_system_block_types',
      graphql: 'installSystemBlockTypes',
      call: () => ({ body: {}, input: { confirm: true }, select: 'installed' }),
    },
    {
      rest: 'GET /collections/views/{view}',
      graphql: 'collectionView',
      call: () => ({
        path: { view: 'aggregate-worker-metadata' },
        args: { view: 'aggregate-worker-metadata' },
      }),
      compare: {
        // The addresses of logos are those of the door.
        rest: (answer) => inOrder(Object.keys(answer as object)),
        graphql: (answer) => inOrder(Object.keys(answer as object)),
      },
    },
  ],
};
