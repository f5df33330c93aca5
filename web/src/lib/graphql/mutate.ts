import type { AnyVariables } from '@urql/core';

import { client } from '#lib/graphql/client.ts';
import type { Operation } from '#lib/graphql/query.svelte.ts';
import { toaster } from '#lib/ui/toaster.svelte.ts';

type ResultUnion = { readonly __typename: string };
type Payload<Result extends ResultUnion> = Exclude<Result, { readonly message: string }>;

type Mutation<Data, Variables> = {
  readonly operation: Operation<Data, Variables>;
  readonly variables: Variables;
};

const isPayload = <Result extends ResultUnion>(result: Result): result is Payload<Result> =>
  result.__typename.endsWith('Payload');

/**
 * Runs a mutation with one root field and answers its payload.
 * Null when it was refused; the reason has then been shown as a toast.
 */
export const mutate = async <Result extends ResultUnion, Variables extends AnyVariables>({
  operation,
  variables,
}: Mutation<Record<string, Result>, Variables>): Promise<Payload<Result> | null> => {
  const { data, error } = await client
    .mutation<Record<string, Result>, Variables>(operation.toString(), variables)
    .toPromise();
  const result = Object.values(data ?? {}).find(
    (value) => typeof value === 'object' && value !== null && '__typename' in value,
  );
  if (result !== undefined && isPayload(result)) return result;
  toaster.show({
    kind: 'error',
    text: refusalText(result) ?? error?.message ?? 'Nothing came back.',
  });
  return null;
};

const refusalText = (result: ResultUnion | undefined): string | null =>
  result !== undefined && 'message' in result && typeof result.message === 'string'
    ? result.message
    : null;
