import { expressionBuilder } from 'kysely';

import type { Tables } from '#prisma/tables.ts';
import type { DialectExpressions } from '#server/db/expressions.ts';

import { type Condition, combined, onId, onTags, onText } from '../criteria.ts';
import type { IdFilter, TagsFilter, TextFilter } from '../filter-types.ts';

interface Combined<Filter> {
  readonly and?: readonly Filter[];
  readonly or?: readonly Filter[];
  readonly not?: Filter;
}

export interface BlockTypeFilter extends Combined<BlockTypeFilter> {
  readonly id?: IdFilter;
  readonly name?: TextFilter;
  readonly slug?: TextFilter;
  /** One of its schemas is admitted. */
  readonly blockSchemas?: BlockSchemaFilter;
}

export interface BlockSchemaFilter extends Combined<BlockSchemaFilter> {
  readonly id?: IdFilter;
  readonly blockTypeId?: IdFilter;
  readonly capabilities?: TagsFilter;
  readonly checksum?: TextFilter;
  readonly version?: TextFilter;
}

export interface BlockDocumentFilter extends Combined<BlockDocumentFilter> {
  readonly id?: IdFilter;
  readonly name?: TextFilter;
  readonly blockTypeId?: IdFilter;
  readonly isAnonymous?: boolean;
  readonly blockType?: BlockTypeFilter;
  readonly blockSchema?: BlockSchemaFilter;
}

/** Conditions on things around blocks: on what is listed and on what belongs to it. */
export interface BlockScope {
  readonly types?: BlockTypeFilter | undefined;
  readonly schemas?: BlockSchemaFilter | undefined;
  readonly documents?: BlockDocumentFilter | undefined;
}

type Words = DialectExpressions;

const when = <Filter>(
  filter: Filter | undefined,
  make: (filter: Filter) => Condition,
): Condition[] => (filter === undefined ? [] : [make(filter)]);

const types = expressionBuilder<Tables, 'blockType'>();
const schemas = expressionBuilder<Tables, 'blockSchema'>();
const documents = expressionBuilder<Tables, 'blockDocument'>();

/** The block types that a filter admits. */
export const whereBlockType = (words: Words, filter: BlockTypeFilter): Condition =>
  combined(
    filter,
    [
      ...onId(types.ref('blockType.id'), filter.id),
      ...onText(words, types.ref('blockType.name'), filter.name),
      ...onText(words, types.ref('blockType.slug'), filter.slug),
      ...when(filter.blockSchemas, (some) =>
        types.exists(
          types
            .selectFrom('blockSchema')
            .select('blockSchema.id')
            .whereRef('blockSchema.blockTypeId', '=', 'blockType.id')
            .where(whereBlockSchema(words, some)),
        ),
      ),
    ],
    (part) => whereBlockType(words, part),
  );

/** The block schemas that a filter admits. */
export const whereBlockSchema = (words: Words, filter: BlockSchemaFilter): Condition =>
  combined(
    filter,
    [
      ...onId(schemas.ref('blockSchema.id'), filter.id),
      ...onId(schemas.ref('blockSchema.blockTypeId'), filter.blockTypeId),
      ...onTags(words, schemas.ref('blockSchema.capabilities'), filter.capabilities),
      ...onText(words, schemas.ref('blockSchema.checksum'), filter.checksum),
      ...onText(words, schemas.ref('blockSchema.version'), filter.version),
    ],
    (part) => whereBlockSchema(words, part),
  );

/** The block documents that a filter admits. */
export const whereBlockDocument = (words: Words, filter: BlockDocumentFilter): Condition =>
  combined(
    filter,
    [
      ...onId(documents.ref('blockDocument.id'), filter.id),
      ...onText(words, documents.ref('blockDocument.name'), filter.name),
      ...onId(documents.ref('blockDocument.blockTypeId'), filter.blockTypeId),
      ...when(filter.isAnonymous, (is) => documents('blockDocument.isAnonymous', '=', is)),
      ...when(filter.blockType, (one) =>
        documents(
          'blockDocument.blockTypeId',
          'in',
          documents
            .selectFrom('blockType')
            .select('blockType.id')
            .where(whereBlockType(words, one)),
        ),
      ),
      ...when(filter.blockSchema, (one) =>
        documents(
          'blockDocument.blockSchemaId',
          'in',
          documents
            .selectFrom('blockSchema')
            .select('blockSchema.id')
            .where(whereBlockSchema(words, one)),
        ),
      ),
    ],
    (part) => whereBlockDocument(words, part),
  );

/** Types of which one schema is admitted. */
export const typesInScope = (words: Words, { types: own, schemas: some }: BlockScope): Condition =>
  whereBlockType(words, {
    and: [own ?? {}, ...(some === undefined ? [] : [{ blockSchemas: some }])],
  });

/** Documents whose type and schema are admitted. */
export const documentsInScope = (words: Words, scope: BlockScope): Condition =>
  whereBlockDocument(words, {
    and: [
      scope.documents ?? {},
      ...(scope.types === undefined ? [] : [{ blockType: scope.types }]),
      ...(scope.schemas === undefined ? [] : [{ blockSchema: scope.schemas }]),
    ],
  });
