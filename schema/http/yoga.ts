import {
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
} from 'graphql';
import { createYoga } from 'graphql-yoga';

import type { Context } from '#server/context.ts';

import { createOperationContext } from '../context.ts';
import { costPlugin } from '../limits/cost-plugin.ts';
import { limitPlugin } from '../limits/plugin.ts';
import { timeoutPlugin } from '../limits/timeout-plugin.ts';
import { exactBodyPlugin } from './exact-body.ts';
import { keyedCallPlugin } from './keyed-call-plugin.ts';
import { createMask } from './mask-error.ts';

const MAX_BODY = 1024 * 1024;

interface SocketParams {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined;
}

/** One operation of a socket with the functions that its plugins wrapped. */
interface Prepared extends ExecutionArgs {
  readonly rootValue: {
    readonly execute: (args: ExecutionArgs) => Promise<ExecutionResult>;
    readonly subscribe: (
      args: ExecutionArgs,
    ) => Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult>;
  };
}

export type Engine = ReturnType<typeof createEngine>;

/** Runs operations: parses, validates, limits and masks the same way for HTTP, for event streams and for sockets. */
export const createEngine = (server: Context, schema: GraphQLSchema) => {
  const yoga = createYoga({
    schema,
    graphqlEndpoint: '/graphql',
    graphiql: false,
    landingPage: false,
    multipart: false,
    batching: false,
    maxRequestBodySize: MAX_BODY,
    // An operation of a socket has no request of its own.
    context: ({ request }: { readonly request?: Request }) =>
      createOperationContext(server, request?.signal),
    maskedErrors: { maskError: createMask(server.log) },
    logging: {
      debug: (...parts) => server.log.debug(parts.map(String).join(' ')),
      info: (...parts) => server.log.debug(parts.map(String).join(' ')),
      warn: (...parts) => server.log.warn(parts.map(String).join(' ')),
      // What fails is logged where it is masked, with its cause.
      error: (...parts) => server.log.debug(parts.map(String).join(' ')),
    },
    // Pages of other origins bring their own credentials; those the browser keeps for us are not theirs to use.
    cors: { origin: server.settings.api.corsAllowedOrigins.split(','), credentials: false },
    plugins: [
      exactBodyPlugin(),
      limitPlugin(),
      keyedCallPlugin(server),
      timeoutPlugin(),
      costPlugin(),
    ],
  });

  const prepare = async (
    params: SocketParams,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> => {
    const enveloped = yoga.getEnveloped({ params });
    try {
      const document = enveloped.parse(params.query);
      const errors = enveloped.validate(enveloped.schema, document);
      if (errors.length > 0) return errors;
      return {
        schema: enveloped.schema,
        document,
        operationName: params.operationName ?? undefined,
        variableValues: params.variables ?? undefined,
        contextValue: await enveloped.contextFactory(),
        rootValue: { execute: enveloped.execute, subscribe: enveloped.subscribe },
      };
    } catch (error) {
      // What parsing throws is a refusal with the place of the mistake.
      return [error as GraphQLError];
    }
  };

  return {
    yoga,
    prepare,
    // What runs here was prepared above, with its functions in the place of a root value.
    run: (args: ExecutionArgs) => (args as Prepared).rootValue.execute(args),
    follow: (args: ExecutionArgs) => (args as Prepared).rootValue.subscribe(args),
  };
};
