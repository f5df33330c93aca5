import type {
  BlockDocumentFilter,
  BlockSchemaFilter,
  BlockTypeFilter,
} from '#server/queries/block-type/block-filters.ts';

import type { Schema } from '../pydantic/refusal.ts';
import { boolean } from '../pydantic/scalar.ts';
import { model, texts } from '../pydantic/shapes.ts';
import {
  combine,
  given,
  idAny,
  operator,
  optional,
  textAny,
  textAnyOrLike,
  textLike,
} from './criteria.ts';

/** Prefect's filter of block types, the only one without an operator. */
export const blockTypeFilter: Schema<BlockTypeFilter> = model({
  name: optional(textLike),
  slug: optional(textAny),
}).transform((filter) =>
  combine<BlockTypeFilter>('and_', [
    given(filter.name, (name) => ({ name })),
    given(filter.slug, (slug) => ({ slug })),
  ]),
);

const capabilities = model({ all_: optional(texts) }).transform(({ all_: all }) => all);

/** Prefect's filter of block schemas. */
export const blockSchemaFilter: Schema<BlockSchemaFilter> = model({
  operator,
  block_type_id: optional(idAny),
  block_capabilities: optional(capabilities),
  id: optional(idAny),
  version: optional(textAny),
}).transform((filter) =>
  combine<BlockSchemaFilter>(filter.operator, [
    given(filter.block_type_id, (blockTypeId) => ({ blockTypeId })),
    given(filter.block_capabilities, (all) => ({ capabilities: { all } })),
    given(filter.id, (id) => ({ id })),
    given(filter.version, (version) => ({ version })),
  ]),
);

const isAnonymous = model({ eq_: optional(boolean) }).transform(({ eq_: isIt }) => isIt ?? null);

/** Prefect's filter of block documents; without a word about them, it leaves anonymous ones out. */
export const blockDocumentFilter: Schema<BlockDocumentFilter> = model({
  operator,
  id: optional(idAny),
  is_anonymous: isAnonymous
    .nullable()
    .default(false)
    .meta({ default: { eq_: false } }),
  block_type_id: optional(idAny),
  name: optional(textAnyOrLike),
}).transform((filter) =>
  combine<BlockDocumentFilter>(filter.operator, [
    given(filter.id, (id) => ({ id })),
    given(filter.is_anonymous, (isIt) => ({ isAnonymous: isIt })),
    given(filter.block_type_id, (blockTypeId) => ({ blockTypeId })),
    given(filter.name, (name) => ({ name })),
  ]),
);

/** The filter of documents that nobody gave. */
export const NAMED_DOCUMENTS: BlockDocumentFilter = { isAnonymous: false };
