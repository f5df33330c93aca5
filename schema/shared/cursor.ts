import { GraphQLError } from 'graphql';

import type { KeyValue } from '#server/queries/keyset.ts';

const isKeyValue = (value: unknown): value is KeyValue =>
  value === null || typeof value === 'string' || typeof value === 'number';

const invalid = (): GraphQLError =>
  new GraphQLError('The cursor is none of this list in this order.', {
    extensions: { code: 'CURSOR_INVALID' },
  });

/** A cursor holds the values its row is ordered by, so it stays good when the row changes or goes. */
export const encodeCursor = (order: string, values: readonly KeyValue[]): string =>
  Buffer.from(JSON.stringify([order, ...values])).toString('base64url');

const parse = (cursor: string): unknown => {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw invalid();
  }
};

/** The values of a cursor. Throws CURSOR_INVALID for one of another list or order. */
export const decodeCursor = (
  order: string,
  { cursor, terms }: { readonly cursor: string; readonly terms: number },
): readonly KeyValue[] => {
  const content = parse(cursor);
  if (!Array.isArray(content)) throw invalid();
  const [written, ...values]: readonly unknown[] = content;
  if (written !== order || values.length !== terms || !values.every(isKeyValue)) throw invalid();
  return values;
};
