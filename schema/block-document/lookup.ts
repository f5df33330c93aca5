import { builder } from '../builder.ts';
import { storedId } from '../shared/where-unique.ts';

const BlockDocumentName = builder.inputType('BlockDocumentName', {
  description: 'Names a block document by its type and itself.',
  fields: (t) => ({
    blockTypeSlug: t.string({ required: true, description: 'The slug of its type.' }),
    name: t.string({ required: true, description: 'Its name.' }),
  }),
});

export const BlockDocumentBy = builder.inputType('BlockDocumentBy', {
  description: 'Names one block document.',
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ description: 'By its id.' }),
    name: t.field({ type: BlockDocumentName, description: 'By its type and name.' }),
  }),
});

/** The columns that a lookup is about. */
export const blockDocumentWhere = ({ id, name }: typeof BlockDocumentBy.$inferInput) =>
  name === null || name === undefined
    ? { id: storedId(id ?? '') }
    : { name: name.name, blockType: { slug: name.blockTypeSlug } };
