import { builder } from '../builder.ts';
import { storedId } from '../shared/where-unique.ts';

export const BlockTypeBy = builder.inputType('BlockTypeBy', {
  description: 'Names one block type.',
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ description: 'By its id.' }),
    slug: t.string({ description: 'By its slug.' }),
  }),
});

/** The unique column that a lookup is about. */
export const blockTypeWhere = ({ id, slug }: typeof BlockTypeBy.$inferInput) =>
  id === null || id === undefined ? { slug: slug ?? '' } : { id: storedId(id) };
