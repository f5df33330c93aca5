import { CloseCode, createClient } from 'graphql-ws';

import { ApiError } from './api-error.ts';

interface Failure {
  readonly message: string;
  readonly extensions?: { readonly code?: string } & Readonly<Record<string, unknown>>;
}

interface Subscription {
  readonly query: string;
  readonly variables: object;
  /** Ends the stream. */
  readonly signal?: AbortSignal | undefined;
}

export interface Socket {
  readonly subscribe: <Data>(subscription: Subscription) => AsyncGenerator<Data, void>;
  readonly close: () => Promise<void>;
}

const toError = ({ message, extensions }: Failure): ApiError =>
  new ApiError(extensions?.code ?? 'GRAPHQL', message, extensions);

const isCloseEvent = (
  event: unknown,
): event is { readonly code: unknown; readonly reason: unknown } =>
  typeof event === 'object' && event !== null && 'code' in event && 'reason' in event;

/** What a stream ended with: errors of GraphQL come as a list, those of the connection as an event. */
const asError = (cause: unknown): unknown => {
  if (Array.isArray(cause)) {
    // The protocol's message of type "error" carries GraphQL errors.
    const [failure] = cause as readonly Failure[];
    return failure ? toError(failure) : cause;
  }
  if (!isCloseEvent(cause)) return cause;
  const code = cause.code === CloseCode.Forbidden ? 'UNAUTHENTICATED' : 'SOCKET';
  return new ApiError(code, String(cause.reason));
};

const cursorOf = (data: object): string | undefined => {
  const [message] = Object.values(data);
  const cursor: unknown =
    typeof message === 'object' && message !== null && 'cursor' in message ? message.cursor : null;
  return typeof cursor === 'string' ? cursor : undefined;
};

/** The socket of a client: opened with the first subscription, and opened anew when it breaks. */
export const openSocket = (url: string, headers: Readonly<Record<string, string>>): Socket => {
  const socket = createClient({
    url: url.replace(/^http/, 'ws'),
    connectionParams: headers,
    retryAttempts: Number.POSITIVE_INFINITY,
    // A server that is away shows as an event without a code; what the protocol calls final is not asked about here.
    shouldRetry: (event) => !(isCloseEvent(event) && event.code === CloseCode.Forbidden),
  });
  return {
    async *subscribe<Data>({ query, variables, signal }: Subscription) {
      // The variables are sent again when the socket is opened anew, so the cursor in them is where to go on.
      const live: Record<string, unknown> = { ...variables };
      const messages = socket.iterate<Data & object>({ query, variables: live });
      const stop = (): void => void messages.return?.();
      signal?.addEventListener('abort', stop, { once: true });
      try {
        if (signal?.aborted === true) return;
        for await (const { data, errors } of messages) {
          const [failure] = errors ?? [];
          if (failure) throw toError(failure);
          if (!data) continue;
          if (query.includes('$after')) live['after'] = cursorOf(data) ?? live['after'];
          yield data;
        }
      } catch (error) {
        throw asError(error);
      } finally {
        signal?.removeEventListener('abort', stop);
      }
    },
    close: async () => {
      await socket.dispose();
    },
  };
};
