import type { AnyVariables } from '@urql/core';

import { client } from '#lib/graphql/client.ts';
import type { Operation } from '#lib/graphql/query.svelte.ts';

type Subscription<Data, Variables> = {
  readonly operation: Operation<Data, Variables>;
  /** Null while there is nothing to follow. */
  readonly variables: () => Variables | null;
  readonly onMessage?: (message: Data) => void;
};

/**
 * Follows a subscription for as long as the calling component lives.
 * Entities in its messages reach every open query through the cache by themselves.
 */
export const subscribe = <Data, Variables extends AnyVariables>({
  operation,
  variables,
  onMessage,
}: Subscription<Data, Variables>): void => {
  const key = $derived.by(() => {
    const value = variables();
    return value === null ? null : JSON.stringify(value);
  });
  $effect(() => {
    if (key === null) return;
    // The text was made from Variables a moment ago.
    const values = JSON.parse(key) as Variables;
    const { unsubscribe } = client
      .subscription<Data, Variables>(operation.toString(), values)
      .subscribe(({ data }) => {
        if (data !== undefined) onMessage?.(data);
      });
    return unsubscribe;
  });
};
