import { z } from 'zod';

import type { BlockTypeRow } from '#prisma/tables.ts';
import {
  createBlockType,
  deleteBlockType,
  updateBlockType,
} from '#server/commands/block-type/block-type-commands.ts';
import { installSystemBlocks } from '#server/commands/block-type/install-shipped-blocks.ts';
import type { Context } from '#server/context.ts';
import { filterBlockDocuments } from '#server/queries/block-document/read-block-documents.ts';
import {
  filterBlockTypes,
  readBlockType,
  readBlockTypeBySlug,
} from '#server/queries/block-type/read-block-types.ts';

import { blockDocumentAnswer, blockTypeAnswer } from './answers/block.ts';
import { answerDocument, secretsQuery } from './block-documents.ts';
import { parametersBody, wholeBody } from './body.ts';
import { type OwnAddress, createOwnAddress } from './own-address.ts';
import { limit, limitWithin, offset } from './page.ts';
import { type Reply, answer, noContent, refusal } from './reply.ts';
import { type Route, route } from './route.ts';
import { blockDocumentToWire } from './wire/block-document.ts';
import { blockTypeChanges, blockTypeToWire, newBlockType } from './wire/block-type.ts';
import { blockSchemaFilter, blockTypeFilter } from './wire/filters/block-filter.ts';

const missing = refusal(404, 'Block type not found');

const answerType = (blockType: BlockTypeRow | null, own: string): Reply =>
  blockType === null ? missing : answer(blockTypeToWire(blockType, own));

const singleRoutes = (ctx: Context, ownAddress: OwnAddress): readonly Route[] => [
  route({
    method: 'POST',
    path: '/block_types/',
    status: 201,
    answers: blockTypeAnswer,
    body: wholeBody(newBlockType),
    handle: async ({ body, headers }) =>
      answer(blockTypeToWire(await createBlockType(ctx, body), ownAddress(headers)), 201),
  }),
  route({
    method: 'GET',
    path: '/block_types/{id:uuid}',
    answers: blockTypeAnswer,
    handle: async ({ param, headers }) =>
      answerType(await readBlockType(ctx, param('id')), ownAddress(headers)),
  }),
  route({
    method: 'GET',
    path: '/block_types/slug/{slug}',
    answers: blockTypeAnswer,
    handle: async ({ param, headers }) =>
      answerType(await readBlockTypeBySlug(ctx, param('slug')), ownAddress(headers)),
  }),
  route({
    method: 'PATCH',
    path: '/block_types/{id:uuid}',
    status: 204,
    body: wholeBody(blockTypeChanges),
    handle: async ({ body: changes, param }) => {
      await updateBlockType(ctx, { id: param('id'), changes });
      return noContent;
    },
  }),
  route({
    method: 'DELETE',
    path: '/block_types/{id:uuid}',
    status: 204,
    handle: async ({ param }) => {
      await deleteBlockType(ctx, param('id'));
      return noContent;
    },
  }),
];

const documentRoutes = (ctx: Context, ownAddress: OwnAddress): readonly Route[] => [
  route({
    method: 'GET',
    path: '/block_types/slug/{slug}/block_documents',
    answers: z.array(blockDocumentAnswer),
    query: secretsQuery,
    handle: async ({ param, query, headers }) => {
      const blockType = await readBlockTypeBySlug(ctx, param('slug'));
      if (blockType === null) return missing;
      const documents = await filterBlockDocuments(ctx, {
        scope: { documents: { blockTypeId: { in: [blockType.id] }, isAnonymous: false } },
        includesSecrets: query.include_secrets,
      });
      const own = ownAddress(headers);
      return answer(documents.map((document) => blockDocumentToWire(document, own)));
    },
  }),
  route({
    method: 'GET',
    path: '/block_types/slug/{slug}/block_documents/name/{block_document_name}',
    answers: blockDocumentAnswer,
    query: secretsQuery,
    handle: async ({ param, query, headers }) => {
      const [document] = await filterBlockDocuments(ctx, {
        scope: {
          types: { slug: { in: [param('slug')] } },
          documents: { name: { in: [param('block_document_name')] } },
        },
        includesSecrets: query.include_secrets,
      });
      return answerDocument(document ?? null, ownAddress(headers));
    },
  }),
];

/** What clients ask about block types. */
export const blockTypeRoutes = (ctx: Context): readonly Route[] => {
  const ownAddress = createOwnAddress(ctx.settings);
  return [
    ...singleRoutes(ctx, ownAddress),
    ...documentRoutes(ctx, ownAddress),
    route({
      method: 'POST',
      path: '/block_types/filter',
      answers: z.array(blockTypeAnswer),
      body: parametersBody({
        block_types: blockTypeFilter.optional(),
        block_schemas: blockSchemaFilter.optional(),
        limit,
        offset,
      }),
      handle: async ({ body, headers }) => {
        const size = limitWithin(body.limit, ctx.settings.api.defaultLimit);
        const blockTypes = await filterBlockTypes(ctx, {
          scope: { types: body.block_types, schemas: body.block_schemas },
          page: { limit: size, offset: body.offset },
        });
        const own = ownAddress(headers);
        return answer(blockTypes.map((blockType) => blockTypeToWire(blockType, own)));
      },
    }),
    route({
      method: 'POST',
      path: '/block_types/install_system_block_types',
      handle: async () => {
        await installSystemBlocks(ctx);
        return answer(null);
      },
    }),
  ];
};
