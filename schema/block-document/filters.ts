import { BooleanFilter, IDFilter, StringFilter, TagsFilter } from '../shared/comparators.ts';
import { filterRef } from '../shared/entity-filters.ts';

// The filters of blocks lead to each other, so they stand together and are made first.
export const BlockTypeFilter = filterRef('BlockTypeFilter');
export const BlockSchemaFilter = filterRef('BlockSchemaFilter');
export const BlockDocumentFilter = filterRef('BlockDocumentFilter');

const AND = 'All of these admit it.';
const OR = 'One of these admits it.';
const NOT = 'This does not admit it.';
const ID = 'Its id.';
const NAME = 'Its name.';

BlockTypeFilter.implement({
  description: 'Which block types. All conditions that are given must hold.',
  fields: (t) => ({
    and: t.field({ type: [BlockTypeFilter], description: AND }),
    or: t.field({ type: [BlockTypeFilter], description: OR }),
    not: t.field({ type: BlockTypeFilter, description: NOT }),
    id: t.field({ type: IDFilter, description: ID }),
    name: t.field({ type: StringFilter, description: NAME }),
    slug: t.field({ type: StringFilter, description: 'Its slug.' }),
    blockSchemas: t.field({ type: BlockSchemaFilter, description: 'One of its schemas.' }),
  }),
});

BlockSchemaFilter.implement({
  description: 'Which block schemas. All conditions that are given must hold.',
  fields: (t) => ({
    and: t.field({ type: [BlockSchemaFilter], description: AND }),
    or: t.field({ type: [BlockSchemaFilter], description: OR }),
    not: t.field({ type: BlockSchemaFilter, description: NOT }),
    id: t.field({ type: IDFilter, description: ID }),
    blockTypeId: t.field({ type: IDFilter, description: 'The id of its type.' }),
    capabilities: t.field({
      type: TagsFilter,
      description: 'What its blocks can do, such as write-path.',
    }),
    checksum: t.field({ type: StringFilter, description: 'The checksum of its fields.' }),
    version: t.field({ type: StringFilter, description: 'Its version.' }),
  }),
});

BlockDocumentFilter.implement({
  description: 'Which block documents. All conditions that are given must hold.',
  fields: (t) => ({
    and: t.field({ type: [BlockDocumentFilter], description: AND }),
    or: t.field({ type: [BlockDocumentFilter], description: OR }),
    not: t.field({ type: BlockDocumentFilter, description: NOT }),
    id: t.field({ type: IDFilter, description: ID }),
    isAnonymous: t.field({
      type: BooleanFilter,
      description: 'Whether it was kept without a name of its own.',
    }),
    blockTypeId: t.field({ type: IDFilter, description: 'The id of its type.' }),
    name: t.field({ type: StringFilter, description: NAME }),
    blockType: t.field({ type: BlockTypeFilter, description: 'Its type.' }),
    blockSchema: t.field({ type: BlockSchemaFilter, description: 'Its schema.' }),
  }),
});
