import { GraphQLError } from 'graphql';

import { type ServerErrorCode, ServerError, toError } from '#server/errors.ts';
import type { Log } from '#server/log.ts';

const CODES: Readonly<Record<ServerErrorCode, string>> = {
  NOT_FOUND: 'NOT_FOUND',
  CONFLICT: 'CONFLICT',
  INVALID: 'BAD_USER_INPUT',
  PROTECTED: 'FORBIDDEN',
  BAD_REQUEST: 'BAD_USER_INPUT',
  UNAUTHENTICATED: 'UNAUTHENTICATED',
  FORBIDDEN: 'FORBIDDEN',
  UNAVAILABLE: 'UNAVAILABLE',
};

const rootOf = (error: unknown): unknown => {
  if (error instanceof GraphQLError && error.originalError !== undefined)
    return rootOf(error.originalError);
  // Prisma passes on what a connection threw, and knows no refusals.
  return error instanceof Error && error.cause instanceof ServerError ? error.cause : error;
};

const places = (error: unknown) =>
  error instanceof GraphQLError
    ? {
        nodes: error.nodes ?? null,
        path: error.path ?? null,
        source: error.source ?? null,
        positions: error.positions ?? null,
      }
    : {};

/**
 * Makes an answer of what was thrown: refusals keep their words, and a bug is logged with its cause and told as
 * nothing but that.
 */
export const createMask =
  (log: Log) =>
  (error: unknown): GraphQLError => {
    const root = rootOf(error);
    if (root instanceof GraphQLError && error instanceof GraphQLError) return error;
    if (root instanceof ServerError) {
      return new GraphQLError(root.message, {
        ...places(error),
        extensions: { code: CODES[root.code] },
      });
    }
    log.error({ err: toError(root) }, 'A GraphQL operation failed.');
    return new GraphQLError('Unexpected error.', {
      ...places(error),
      extensions: { code: 'INTERNAL' },
    });
  };
