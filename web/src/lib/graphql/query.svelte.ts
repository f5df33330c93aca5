import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import type { CombinedError, AnyVariables, RequestPolicy } from '@urql/core';

import { client, uncachedClient } from '#lib/graphql/client.ts';
import { onReconnect } from '#lib/graphql/live-connection.svelte.ts';

/** A generated operation: its text, with the types of its result and of its variables. */
export type Operation<Data, Variables> = DocumentTypeDecoration<Data, Variables> & {
  toString(): string;
};

export type QueryOptions = {
  /** False for answers that no subscription changes in place and that nobody asks for again. */
  readonly isCached?: boolean;
};

/**
 * A query that follows its variables and the normalised cache.
 * It asks again when the connection is back after a cut. While new variables load, the former answer stays readable and `isLoading` is true.
 */
export class Query<Data, Variables extends AnyVariables> {
  data = $state.raw<Data>();
  error = $state.raw<CombinedError>();
  isLoading = $state(true);
  readonly #operation: Operation<Data, Variables>;
  readonly #isCached: boolean;
  #refreshes = $state(0);

  constructor(
    operation: Operation<Data, Variables>,
    variables: () => Variables | null,
    { isCached = true }: QueryOptions = {},
  ) {
    this.#operation = operation;
    this.#isCached = isCached;
    onReconnect(() => this.refresh());
    // Compared as text: an equal object is no reason to ask again.
    const key = $derived.by(() => {
      const value = variables();
      return value === null ? null : JSON.stringify(value);
    });
    $effect(() => {
      const refreshes = this.#refreshes;
      if (key === null) return;
      // The text was made from Variables a moment ago.
      return this.#execute(JSON.parse(key) as Variables, refreshes > 0);
    });
  }

  /** Asks the server again with the present variables. */
  refresh(): void {
    this.#refreshes += 1;
  }

  #execute(variables: Variables, isRefresh: boolean): () => void {
    const requestPolicy: RequestPolicy = isRefresh ? 'network-only' : 'cache-and-network';
    this.isLoading = true;
    const { unsubscribe } = (this.#isCached ? client : uncachedClient)
      .query<Data, Variables>(this.#operation.toString(), variables, { requestPolicy })
      .subscribe((result) => {
        if (result.data !== undefined) this.data = result.data;
        this.error = result.error;
        this.isLoading = result.stale;
      });
    return unsubscribe;
  }
}
