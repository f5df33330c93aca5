import { GraphQLError } from 'graphql';

import type { Limit } from './limits.ts';

/** The refusal of an operation beyond a limit: HTTP 400, with the limit and what was found where it is known. */
export const limitError = (limit: Limit, allowed: number, found: number | null): GraphQLError =>
  new GraphQLError(
    found === null
      ? `The operation goes beyond its limit of ${allowed} ${limit}.`
      : `The operation goes beyond its limit of ${allowed} ${limit}: it has ${found}.`,
    {
      extensions: {
        code: 'LIMIT_EXCEEDED',
        limit,
        allowed,
        ...(found === null ? {} : { found }),
        // Refused whatever the client accepts: the older media type would answer 200.
        http: { status: 400, spec: false },
      },
    },
  );
