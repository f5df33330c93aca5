import { builder } from '../builder.ts';

/** What a value of an interface must tell so that its type is known. */
export interface Typed {
  readonly id: string;
  readonly __typename?: string;
}

export const CREATED_AT = 'When it was made.';
export const UPDATED_AT = 'When it was last changed.';
export const ID = 'Its id, the same in every part of the API.';
export const RESOURCE_ID = 'The name by which events speak of it, such as `prefect.flow-run.<id>`.';

export const Node = builder.interfaceRef<Typed>('Node').implement({
  description: 'Something that can be found again by its id.',
  resolveType: (value) => value.__typename,
  fields: (t) => ({ id: t.exposeID('id', { description: ID }) }),
});

export const Resource = builder.interfaceRef<Typed>('Resource').implement({
  description: 'Something that is kept, may change, and that events are about.',
  interfaces: [Node],
  resolveType: (value) => value.__typename,
  fields: (t) => ({
    createdAt: t.field({ type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.field({ type: 'DateTime', description: UPDATED_AT }),
    resourceId: t.string({ description: RESOURCE_ID }),
  }),
});
