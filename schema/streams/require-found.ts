import { GraphQLError } from 'graphql';

/** What a stream is to follow. Throws NOT_FOUND when it is not there. */
export const requireFound = <Row>(thing: string, row: Row | null): Row => {
  if (row !== null) return row;
  throw new GraphQLError(`There is no such ${thing}.`, { extensions: { code: 'NOT_FOUND' } });
};
