import { GraphQLError } from 'graphql';

/** The number in a cursor of a journal. Throws CURSOR_INVALID. */
export const parseJournalCursor = (cursor: string): number => {
  if (!/^\d{1,15}$/.test(cursor)) {
    throw new GraphQLError('The cursor is none of this stream.', {
      extensions: { code: 'CURSOR_INVALID' },
    });
  }
  return Number(cursor);
};

/** Refuses a cursor behind which changes were already removed. Throws CURSOR_EXPIRED. */
export const requireKept = (after: number, firstKept: number): void => {
  if (after + 1 >= firstKept) return;
  throw new GraphQLError(
    'The journal no longer reaches back to the cursor: read anew and follow from there.',
    {
      extensions: { code: 'CURSOR_EXPIRED' },
    },
  );
};
