import { ApiError } from './api-error.ts';

type PostedOperation = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: string;
  readonly variables: unknown;
};

type Answer<Data> = {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string };
  }[];
};

/** Sends one operation over HTTP and answers its data; throws ApiError for whatever went wrong. */
export const postOperation = async <Data>({
  url,
  headers,
  query,
  variables,
}: PostedOperation): Promise<Data> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json, application/json',
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify({ query, variables }),
  });
  if (!response.headers.get('content-type')?.includes('json')) {
    throw new ApiError('HTTP', `${url} answered ${response.status}`);
  }
  // A GraphQL server answers JSON of this shape, whatever its status.
  const { data, errors } = (await response.json()) as Answer<Data>;
  const [error] = errors ?? [];
  if (error) throw new ApiError(error.extensions?.code ?? 'GRAPHQL', error.message);
  if (data === undefined || data === null) throw new ApiError('HTTP', 'The answer held no data.');
  return data;
};
