import { ApiError } from './api-error.ts';

/**
 * An operation that knows the types of its data and variables: one of the generated documents, or a text for which
 * the caller names them.
 */
export type Operation<Data, Variables> = {
  toString(): string;
  /** Carries the types; never there. The name is that of the `DocumentTypeDecoration` of other libraries. */
  readonly __apiType?: (variables: Variables) => Data;
};

/** What a mutation answers when it was not refused. */
export type PayloadOf<Data> = Exclude<Data[keyof Data], { readonly message: string }>;

interface Refusal {
  readonly __typename: string;
  readonly code: string;
  readonly message: string;
}

const isRefusal = (result: object): result is Refusal =>
  '__typename' in result && String(result.__typename).endsWith('Error');

/** Takes the payload out of the one result of a mutation. Throws what the server refused it with. */
export const unwrap = <Data extends object>(data: Data): PayloadOf<Data> => {
  const [result] = Object.values(data);
  if (typeof result !== 'object' || result === null)
    throw new ApiError('SDK', 'The operation is not a mutation with a result.');
  if (isRefusal(result)) throw new ApiError(result.code, result.message, { ...result });
  // Every member of a result that is no error is a payload: the schema's rule for results of mutations.
  return result as PayloadOf<Data>;
};
