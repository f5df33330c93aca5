import { type ExecutionResult, parse, subscribe } from 'graphql';

import { createOperationContext } from '#schema/context.ts';
import { createEngine } from '#schema/http/yoga.ts';
import { schema } from '#schema/index.ts';
import type { Context } from '#server/context.ts';

export interface Answer {
  readonly status: number;
  readonly body: {
    readonly data?: Record<string, unknown> | null;
    readonly errors?: readonly {
      readonly message: string;
      readonly path?: readonly (string | number)[];
      readonly extensions?: Record<string, unknown>;
    }[];
    readonly extensions?: Record<string, unknown>;
  };
}

/** Asks through the HTTP door, without a socket. */
export const ask = async (
  ctx: Context,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Answer> => {
  const response = await createEngine(ctx, schema).yoga.fetch('http://server/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, body: await response.json() };
};

/** The data of an answer that has no errors. */
export const data = async (
  ctx: Context,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Record<string, unknown>> => {
  const { body } = await ask(ctx, query, variables);
  if (body.errors !== undefined) throw new Error(JSON.stringify(body.errors));
  return body.data ?? {};
};

export interface Follower {
  /** The data of the next message. */
  next(): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** Follows a subscription. Fails when it is refused. */
export const follow = async (
  ctx: Context,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Follower> => {
  const stream = await subscribe({
    schema,
    document: parse(query),
    variableValues: variables,
    contextValue: createOperationContext(ctx),
  });
  if (!(Symbol.asyncIterator in stream)) throw new Error(JSON.stringify(stream.errors));
  const iterator: AsyncIterator<ExecutionResult> = stream[Symbol.asyncIterator]();
  return {
    next: async () => {
      const { value, done } = await iterator.next();
      if (done === true) throw new Error('The stream has ended.');
      if (value.errors !== undefined) throw new Error(JSON.stringify(value.errors));
      return value.data ?? {};
    },
    stop: async () => {
      await iterator.return?.();
    },
  };
};
