import { ApiError } from './api-error.ts';

type PostedOperation = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: string;
  readonly variables: unknown;
  /** For how many seconds it is sent again while the server cannot be reached or is busy. */
  readonly retrySeconds: number;
  /** Whether the operation may be done twice without harm: it needs no key then. */
  readonly isRepeatable?: boolean;
};

type Answer<Data> = {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string };
  }[];
};

/** A server that died in the middle of a call holds its key for 90 seconds; after that another try does it. */
const KEY_HELD_SECONDS = 100;

/** That it may be sent again, and after how long at the least. */
class Unanswered extends Error {
  override readonly cause: unknown;
  readonly afterMillis: number;

  constructor(cause: unknown, afterMillis = 0) {
    super('The operation was not answered.');
    this.cause = cause;
    this.afterMillis = afterMillis;
  }
}

const TRANSIENT_STATUSES = new Set([429, 502, 503, 504]);
/** Told while an earlier try is still at work. */
const KEY_IN_USE = 'IDEMPOTENCY_KEY_IN_USE';
const TRANSIENT_CODES = new Set(['UNAVAILABLE', KEY_IN_USE]);
const FIRST_PAUSE_MILLIS = 100;
const LONGEST_PAUSE_MILLIS = 5000;

const reach = async (request: Request): Promise<Response> => {
  try {
    return await fetch(request);
  } catch (error) {
    throw new Unanswered(error);
  }
};

const readJson = async <Data>(response: Response): Promise<Answer<Data>> => {
  try {
    // A GraphQL server answers JSON of this shape, whatever its status.
    return (await response.json()) as Answer<Data>;
  } catch (error) {
    // The connection broke in the middle of the answer.
    throw new Unanswered(error);
  }
};

const post = async <Data>(request: Request): Promise<Data> => {
  const response = await reach(request);
  const isTransient = TRANSIENT_STATUSES.has(response.status);
  const afterMillis = 1000 * (Number(response.headers.get('retry-after')) || 0);
  if (!response.headers.get('content-type')?.includes('json')) {
    const error = new ApiError('HTTP', `${request.url} answered ${response.status}`);
    throw isTransient ? new Unanswered(error, afterMillis) : error;
  }
  const { data, errors } = await readJson<Data>(response);
  const [failure] = errors ?? [];
  if (failure) {
    const error = new ApiError(
      failure.extensions?.code ?? 'GRAPHQL',
      failure.message,
      failure.extensions,
    );
    throw isTransient || TRANSIENT_CODES.has(error.code)
      ? new Unanswered(error, afterMillis)
      : error;
  }
  if (data === undefined || data === null) throw new ApiError('HTTP', 'The answer held no data.');
  return data;
};

const pause = (millis: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, millis));

/**
 * Sends one operation over HTTP and answers its data; throws ApiError for whatever went wrong. Each try brings the same
 * key, by which the server does a mutation once and gives its first answer again.
 */
export const postOperation = async <Data>({
  url,
  headers,
  query,
  variables,
  retrySeconds,
  isRepeatable = false,
}: PostedOperation): Promise<Data> => {
  const request = new Request(url, {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json, application/json',
      'content-type': 'application/json',
      ...(isRepeatable ? {} : { 'idempotency-key': crypto.randomUUID() }),
      ...headers,
    },
    body: JSON.stringify({ query, variables }),
  });
  const begun = Date.now();
  for (let longest = FIRST_PAUSE_MILLIS; ; longest = Math.min(2 * longest, LONGEST_PAUSE_MILLIS)) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- a try follows the failure of the one before
      return await post<Data>(request.clone());
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      const millis = Math.max(error.afterMillis, Math.random() * longest);
      const isHeld = error.cause instanceof ApiError && error.cause.code === KEY_IN_USE;
      const seconds = isHeld && retrySeconds > 0 ? KEY_HELD_SECONDS : retrySeconds;
      if (Date.now() + millis >= begun + 1000 * seconds) throw error.cause;
      // oxlint-disable-next-line no-await-in-loop -- as above
      await pause(millis);
    }
  }
};
