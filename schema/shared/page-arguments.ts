import { GraphQLError } from 'graphql';

import { builder } from '../builder.ts';

export const DEFAULT_PAGE = 50;
export const MAX_PAGE = 200;

export const PageInfo = builder
  .objectRef<{
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  }>('PageInfo')
  .implement({
    description: 'Where a page stands in its list.',
    fields: (t) => ({
      hasNextPage: t.exposeBoolean('hasNextPage', { description: 'Whether rows follow it.' }),
      hasPreviousPage: t.exposeBoolean('hasPreviousPage', {
        description: 'Whether rows precede it.',
      }),
      startCursor: t.exposeString('startCursor', {
        nullable: true,
        description: 'The cursor of its first row.',
      }),
      endCursor: t.exposeString('endCursor', {
        nullable: true,
        description: 'The cursor of its last row.',
      }),
    }),
  });

export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

const refuse = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });

const checkSize = (name: string, size: number | null | undefined): void => {
  if (size === null || size === undefined) return;
  if (size < 0 || size > MAX_PAGE) throw refuse(`\`${name}\` is between 0 and ${MAX_PAGE}.`);
};

/** How many rows a page holds and from which end it counts them. Throws BAD_USER_INPUT. */
export const pageSize = ({
  first,
  last,
}: PageArguments): { readonly size: number; readonly isBackward: boolean } => {
  checkSize('first', first);
  checkSize('last', last);
  const isBackward = last !== null && last !== undefined;
  if (isBackward && first !== null && first !== undefined)
    throw refuse('Give `first` or `last`, not both.');
  return { size: (isBackward ? last : first) ?? DEFAULT_PAGE, isBackward };
};
