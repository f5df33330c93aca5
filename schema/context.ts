import type { Context } from '#server/context.ts';

/** What every resolver of an operation gets. */
export interface GraphQLContext {
  readonly server: Context;
  /** Loaders that gather what the fields of one list ask for; they keep nothing from one turn to the next. */
  readonly loaders: Map<string, unknown>;
}

/** A context of its own for one operation. */
export const createOperationContext = (server: Context): GraphQLContext => ({
  server,
  loaders: new Map(),
});
