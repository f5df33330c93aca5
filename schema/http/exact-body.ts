import { GraphQLError } from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';

import { isJsonObject } from '#server/json.ts';
import { parseJson } from '#server/lossless-json.ts';

const JSON_TYPE = /^application\/(?:graphql\+)?json\s*(?:;|$)/i;

const badRequest = (message: string): GraphQLError =>
  new GraphQLError(message, {
    extensions: { code: 'BAD_REQUEST', http: { spec: true, status: 400 } },
  });

const parseBody = async (request: Request): Promise<GraphQLParams> => {
  const text = await request.text();
  try {
    const body = parseJson(text);
    // What it holds is checked by the engine, as with its own parser.
    if (isJsonObject(body)) return body as GraphQLParams;
  } catch {
    throw badRequest('POST body sent invalid JSON.');
  }
  throw badRequest('POST body is expected to be a JSON object.');
};

/** Reads the bodies of operations so that the numbers in their variables keep what tells them apart in Python. */
export const exactBodyPlugin = (): Plugin => ({
  onRequestParse: ({ request, setRequestParser }) => {
    if (request.method !== 'POST' || !JSON_TYPE.test(request.headers.get('content-type') ?? ''))
      return;
    setRequestParser(parseBody);
  },
});
