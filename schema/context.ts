import type { Context } from '#server/context.ts';

/** What every resolver of an operation gets. */
export interface GraphQLContext {
  readonly server: Context;
  /** Loaders that gather what the fields of one list ask for; they keep nothing from one turn to the next. */
  readonly loaders: Map<string, unknown>;
  /** Calls the listener when the caller hangs up, if that can be known; gives what ends that. */
  readonly onGone: (listener: () => void) => () => void;
  /** Whether the caller is known to have hung up. */
  readonly isGone: () => boolean;
}

/** A context of its own for one operation. */
export const createOperationContext = (server: Context, gone?: AbortSignal): GraphQLContext => ({
  server,
  loaders: new Map(),
  onGone: (listener) => {
    gone?.addEventListener('abort', listener, { once: true });
    return () => gone?.removeEventListener('abort', listener);
  },
  isGone: () => gone?.aborted === true,
});
