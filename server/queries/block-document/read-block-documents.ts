import { type Expression, expressionBuilder } from 'kysely';

import type { Tables } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';
import { rows } from '#server/db/script.ts';
import type { JsonObject } from '#server/json.ts';

import { type BlockScope, documentsInScope } from '../block-type/block-filters.ts';
import type { Page } from '../page.ts';
import { countRows, paged } from '../select.ts';
import type { OrderTerm } from '../sort.ts';
import type { BlockDocumentView } from './block-document-view.ts';
import { viewDocuments } from './load-documents.ts';

export const BLOCK_DOCUMENT_SORTS = ['NAME_DESC', 'NAME_ASC', 'BLOCK_TYPE_AND_NAME_ASC'] as const;

type BlockDocumentSort = (typeof BLOCK_DOCUMENT_SORTS)[number];

export interface ListBlockDocuments {
  readonly scope: BlockScope;
  readonly includesSecrets: boolean;
  readonly sort?: BlockDocumentSort;
  /** Without one, all of them. */
  readonly page?: Page;
}

const documents = expressionBuilder<Tables, 'blockDocument'>();

const term = (by: Expression<unknown>, direction: 'asc' | 'desc'): OrderTerm => ({ by, direction });

const NAME = documents.ref('blockDocument.name');
const ID = documents.ref('blockDocument.id');

const ORDER: Readonly<Record<BlockDocumentSort, readonly OrderTerm[]>> = {
  NAME_DESC: [term(NAME, 'desc'), term(ID, 'desc')],
  NAME_ASC: [term(NAME, 'asc'), term(ID, 'asc')],
  BLOCK_TYPE_AND_NAME_ASC: [
    term(documents.ref('blockDocument.blockTypeName'), 'asc'),
    term(NAME, 'asc'),
    term(ID, 'asc'),
  ],
};

const EVERYTHING: Page = { limit: Number.MAX_SAFE_INTEGER, offset: 0 };

/** The block documents in the scope. INVALID when they cannot be opened, BAD_REQUEST when they are nested too deeply. */
export const filterBlockDocuments = (
  ctx: Context,
  { scope, includesSecrets, sort = 'NAME_ASC', page = EVERYTHING }: ListBlockDocuments,
): Promise<readonly BlockDocumentView[]> =>
  ctx.db.read(function* () {
    const query = ctx.db.builder
      .selectFrom('blockDocument')
      .selectAll('blockDocument')
      .where(documentsInScope(expressionsFor(ctx.db.dialect.name), scope));
    const found = yield* rows(paged(query, ORDER[sort], page));
    return yield* viewDocuments(ctx, found, { includesSecrets });
  });

/** How many block documents are in the scope. */
export const countBlockDocuments = (
  ctx: Context,
  { scope }: { readonly scope: BlockScope },
): Promise<number> =>
  countRows(
    ctx,
    ctx.db.builder
      .selectFrom('blockDocument')
      .select('blockDocument.id')
      .where(documentsInScope(expressionsFor(ctx.db.dialect.name), scope)),
  );

/** The block document with the id, or null. */
export const readBlockDocument = async (
  ctx: Context,
  { id, includesSecrets }: { readonly id: string; readonly includesSecrets: boolean },
): Promise<BlockDocumentView | null> => {
  const scope = { documents: { id: { in: [id] } } };
  const [document] = await filterBlockDocuments(ctx, { scope, includesSecrets });
  return document ?? null;
};

/** The data of the documents with the ids. INVALID when it cannot be opened, BAD_REQUEST when it is nested too deeply. */
export const readBlockData = async (
  ctx: Context,
  { ids, includesSecrets }: { readonly ids: readonly string[]; readonly includesSecrets: boolean },
): Promise<ReadonlyMap<string, JsonObject>> => {
  const scope = { documents: { id: { in: ids } } };
  const found = await filterBlockDocuments(ctx, { scope, includesSecrets });
  return new Map(found.map(({ id, data }) => [id, data]));
};
