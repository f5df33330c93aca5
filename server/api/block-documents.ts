import { z } from 'zod';

import {
  createBlockDocument,
  deleteBlockDocument,
  updateBlockDocument,
} from '#server/commands/block-document/block-document-commands.ts';
import type { Context } from '#server/context.ts';
import type { BlockDocumentView } from '#server/queries/block-document/block-document-view.ts';
import {
  countBlockDocuments,
  filterBlockDocuments,
  readBlockDocument,
} from '#server/queries/block-document/read-block-documents.ts';
import type { BlockScope } from '#server/queries/block-type/block-filters.ts';

import { blockDocumentAnswer } from './answers/block.ts';
import { countAnswer } from './answers/parts.ts';
import { parametersBody, wholeBody } from './body.ts';
import { type OwnAddress, createOwnAddress } from './own-address.ts';
import { limit, limitWithin, offset } from './page.ts';
import { type Reply, answer, noContent, refusal } from './reply.ts';
import { type Route, route } from './route.ts';
import {
  blockDocumentChanges,
  blockDocumentSort,
  blockDocumentToWire,
  exactData,
  newBlockDocument,
} from './wire/block-document.ts';
import {
  NAMED_DOCUMENTS,
  blockDocumentFilter,
  blockSchemaFilter,
  blockTypeFilter,
} from './wire/filters/block-filter.ts';
import { boolean } from './wire/pydantic/scalar.ts';
import { openModel } from './wire/pydantic/shapes.ts';

/** Whether secrets are shown as they are instead of masked. */
export const secretsQuery = openModel({ include_secrets: boolean.default(false) });

/** A document, or that there is none. */
export const answerDocument = (
  document: BlockDocumentView | null,
  own: string,
  status = 200,
): Reply =>
  document === null
    ? refusal(404, 'Block document not found')
    : answer(blockDocumentToWire(document, own), status);

const scopeShape = {
  block_documents: blockDocumentFilter.optional(),
  block_types: blockTypeFilter.optional(),
  block_schemas: blockSchemaFilter.optional(),
};

const scopeFromWire = (body: {
  readonly block_documents?: BlockScope['documents'];
  readonly block_types?: BlockScope['types'];
  readonly block_schemas?: BlockScope['schemas'];
}): BlockScope => ({
  documents: body.block_documents ?? NAMED_DOCUMENTS,
  types: body.block_types,
  schemas: body.block_schemas,
});

const listRoutes = (ctx: Context, ownAddress: OwnAddress): readonly Route[] => [
  route({
    method: 'POST',
    path: '/block_documents/filter',
    answers: z.array(blockDocumentAnswer),
    body: parametersBody({
      limit,
      ...scopeShape,
      include_secrets: boolean.default(false),
      sort: blockDocumentSort,
      offset,
    }),
    handle: async ({ body, headers }) => {
      const size = limitWithin(body.limit, ctx.settings.api.defaultLimit);
      const documents = await filterBlockDocuments(ctx, {
        scope: scopeFromWire(body),
        includesSecrets: body.include_secrets,
        sort: body.sort,
        page: { limit: size, offset: body.offset },
      });
      const own = ownAddress(headers);
      return answer(documents.map((document) => blockDocumentToWire(document, own)));
    },
  }),
  route({
    method: 'POST',
    path: '/block_documents/count',
    answers: countAnswer,
    body: parametersBody(scopeShape),
    handle: async ({ body }) =>
      answer(await countBlockDocuments(ctx, { scope: scopeFromWire(body) })),
  }),
];

/** What clients ask about block documents. */
export const blockDocumentRoutes = (ctx: Context): readonly Route[] => {
  const ownAddress = createOwnAddress(ctx.settings);
  return [
    route({
      method: 'POST',
      path: '/block_documents/',
      status: 201,
      answers: blockDocumentAnswer,
      body: wholeBody(newBlockDocument),
      handle: async ({ body, bodyText, headers }) => {
        const data = exactData(bodyText) ?? {};
        const { id } = await createBlockDocument(ctx, { ...body, data });
        const created = await readBlockDocument(ctx, { id, includesSecrets: false });
        return answerDocument(created, ownAddress(headers), 201);
      },
    }),
    ...listRoutes(ctx, ownAddress),
    route({
      method: 'GET',
      path: '/block_documents/{id:uuid}',
      answers: blockDocumentAnswer,
      query: secretsQuery,
      handle: async ({ param, query, headers }) => {
        const key = { id: param('id'), includesSecrets: query.include_secrets };
        return answerDocument(await readBlockDocument(ctx, key), ownAddress(headers));
      },
    }),
    route({
      method: 'DELETE',
      path: '/block_documents/{id:uuid}',
      status: 204,
      handle: async ({ param }) => {
        await deleteBlockDocument(ctx, param('id'));
        return noContent;
      },
    }),
    route({
      method: 'PATCH',
      path: '/block_documents/{id:uuid}',
      status: 204,
      body: wholeBody(blockDocumentChanges),
      handle: async ({ body, bodyText, param }) => {
        const changes = { ...body, data: exactData(bodyText) };
        await updateBlockDocument(ctx, { id: param('id'), changes });
        return noContent;
      },
    }),
  ];
};
