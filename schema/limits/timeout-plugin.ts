import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

const TIMEOUT_MILLIS = 30_000;

const timeUp = (): GraphQLError =>
  new GraphQLError(`The operation took longer than ${TIMEOUT_MILLIS / 1000} seconds.`, {
    extensions: { code: 'TIMEOUT', http: { status: 503 } },
  });

const within = async <Result>(work: Promise<Result>): Promise<Result> => {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_resolve, reject) => {
    // Bound to one operation and cleared with it, unlike the timers of services.
    timer = setTimeout(() => reject(timeUp()), TIMEOUT_MILLIS);
  });
  try {
    return await Promise.race([work, expiry]);
  } finally {
    clearTimeout(timer);
  }
};

/** Answers an operation that takes too long with TIMEOUT. Subscriptions last as long as their clients want. */
export const timeoutPlugin = (): Plugin => ({
  onExecute: ({ executeFn, setExecuteFn }) => {
    setExecuteFn((args) => within(Promise.resolve(executeFn(args))));
  },
});
