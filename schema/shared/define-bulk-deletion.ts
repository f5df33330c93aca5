import type { Context } from '#server/context.ts';

import { builder } from '../builder.ts';
import { InvalidInput } from '../errors/classes.ts';
import { toRefusal, type RefusalClasses } from '../errors/to-refusal.ts';
import type { FlowRunFilter } from './entity-filters.ts';
import { toFilter } from './to-filter.ts';

const MAX_BULK = 50;

const BulkDeletePayload = builder
  .objectRef<{ readonly deletedIds: readonly string[]; readonly hasMore: boolean }>(
    'BulkDeletePayload',
  )
  .implement({
    description: 'What a deletion of many did.',
    fields: (t) => ({
      deletedIds: t.idList({
        description: 'The ids of what is gone.',
        resolve: ({ deletedIds }) => [...deletedIds],
      }),
      hasMore: t.exposeBoolean('hasMore', {
        description: 'Whether the filter admits more than was deleted at once.',
      }),
    }),
  });

const ERRORS: RefusalClasses = [InvalidInput];

export const BulkDeleteResult = builder.errorUnion('BulkDeleteResult', {
  description: 'What a deletion of many did, or why it did not.',
  types: [BulkDeletePayload, ...ERRORS],
  resolveType: () => 'BulkDeletePayload',
});

/** How many of a bulk may be worked on at once. Throws InvalidInput. */
export const bulkSize = (limit: number | null | undefined): number => {
  const size = limit ?? MAX_BULK;
  if (size >= 1 && size <= MAX_BULK) return size;
  const message = `The limit is between 1 and ${MAX_BULK}.`;
  throw new InvalidInput(message, [{ message, path: ['limit'] }]);
};

interface BulkDeletion<Filter extends object> {
  readonly description: string;
  readonly filter: typeof FlowRunFilter;
  /** The ids of the first that the filter admits. */
  readonly find: (
    ctx: Context,
    request: { readonly filter: Filter; readonly limit: number },
  ) => Promise<readonly string[]>;
  /** Deletes them and gives the ids of those that there were. */
  readonly remove: (ctx: Context, ids: readonly string[]) => Promise<readonly string[]>;
}

/** Makes a mutation that deletes what a filter admits, a bounded number at once. */
export const defineBulkDeletion = <Filter extends object>(
  name: string,
  { description, filter: type, find, remove }: BulkDeletion<Filter>,
): void => {
  const input = builder.inputType(`${name.charAt(0).toUpperCase()}${name.slice(1)}Input`, {
    description: `What \`${name}\` is done with.`,
    fields: (t) => ({
      filter: t.field({ type, required: true, description: 'Which ones.' }),
      limit: t.int({ description: `How many at once, at most ${MAX_BULK}.` }),
    }),
  });
  builder.mutationField(name, (t) =>
    t.field({
      type: BulkDeleteResult,
      description,
      args: { input: t.arg({ type: input, required: true, description: 'What to delete.' }) },
      resolve: async (_root, { input: { filter, limit } }, { server }) => {
        try {
          const size = bulkSize(limit);
          const ids = await find(server, { filter: toFilter<Filter>(filter), limit: size + 1 });
          const deletedIds = await remove(server, ids.slice(0, size));
          return { deletedIds, hasMore: ids.length > size };
        } catch (error) {
          throw toRefusal(error, ERRORS);
        }
      },
    }),
  );
};
