import type { AnyVariables, CombinedError } from '@urql/core';

import { client } from '#lib/graphql/client.ts';
import type { Operation } from '#lib/graphql/query.svelte.ts';

type Read<Data, Variables> = {
  readonly operation: Operation<Data, Variables>;
  readonly variables: Variables;
  /** True asks the server although the cache could answer. */
  readonly isFresh?: boolean;
};

/** Asks once, from the cache where it can answer and may. */
export const read = async <Data, Variables extends AnyVariables>({
  operation,
  variables,
  isFresh = false,
}: Read<Data, Variables>): Promise<{
  data?: Data | undefined;
  error?: CombinedError | undefined;
}> =>
  client
    .query<Data, Variables>(operation.toString(), variables, {
      requestPolicy: isFresh ? 'network-only' : 'cache-first',
    })
    .toPromise();
