import type { Context } from '#server/context.ts';

import { data } from './operations.ts';

interface Mutation {
  readonly input: Record<string, unknown>;
  /** What is wanted of the payload. */
  readonly payload?: string;
  /** Fragments on refusals, of which code and message are told without. */
  readonly refusals?: string;
}

/** Does one mutation and gives its answer. */
export const mutate = async (
  ctx: Context,
  name: string,
  { input, payload = '', refusals = '' }: Mutation,
): Promise<Record<string, unknown>> => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const fragment = payload === '' ? '' : `... on ${type}Payload { ${payload} }`;
  const answer = await data(
    ctx,
    `mutation Do($input: ${type}Input!) { ${name}(input: $input) {
      __typename ${fragment} ${name.startsWith('delete') ? '... on DeletePayload { deletedId }' : ''}
      ${refusals} ... on Error { code message }
    } }`,
    { input },
  );
  // A mutation answers an object.
  return answer[name] as Record<string, unknown>;
};
