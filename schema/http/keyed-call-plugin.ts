import {
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  OperationTypeNode,
  getOperationAST,
  print,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';

import {
  MAX_KEY_LENGTH,
  type KeyedCall,
  answerOnce,
} from '#server/commands/keyed-call/answer-once.ts';
import type { Context } from '#server/context.ts';
import { parseJson } from '#server/lossless-json.ts';

const HEADER = 'idempotency-key';

const refuse = (
  message: string,
  { code, status }: { readonly code: string; readonly status: number },
): ExecutionResult => ({
  errors: [new GraphQLError(message, { extensions: { code, http: { status } } })],
});

const UNDER_WAY = refuse('A call with this Idempotency-Key is under way.', {
  code: 'IDEMPOTENCY_KEY_IN_USE',
  status: 409,
});
const OTHER_CALL = refuse('This Idempotency-Key was given to another operation.', {
  code: 'BAD_USER_INPUT',
  status: 422,
});
const TOO_LONG = refuse(`An Idempotency-Key has ${MAX_KEY_LENGTH} characters at most.`, {
  code: 'BAD_USER_INPUT',
  status: 422,
});

interface Carrier {
  readonly request?: { readonly headers: Headers };
  readonly params?: { readonly extensions?: Readonly<Record<string, unknown>> | null };
}

/** The key of an operation: from its request, or from its extensions where it has no request of its own. */
const keyOf = ({ request, params }: Carrier): string | null => {
  const key = request?.headers.get(HEADER) ?? params?.extensions?.['idempotencyKey'];
  return typeof key === 'string' && key !== '' ? key : null;
};

const isDone = ({ data }: ExecutionResult): boolean =>
  Object.values(data ?? {}).some((field) => field !== null);

/** An answer as it is kept. Errors are kept without their words, which may be those of a bug. */
const toText = ({ data, errors }: ExecutionResult): string =>
  JSON.stringify({
    data,
    errors: errors?.map(({ path, extensions }) => ({ path, code: extensions['code'] })),
  });

interface KeptResult {
  readonly data: NonNullable<ExecutionResult['data']>;
  readonly errors?: readonly { readonly path?: (string | number)[]; readonly code?: unknown }[];
}

const toResult = (text: string): ExecutionResult => {
  // It was written by the function above, by this process or another.
  const { data, errors } = parseJson(text) as unknown as KeptResult;
  const told = errors?.map(
    ({ path, code = 'INTERNAL' }) =>
      new GraphQLError('The first answer had an error here.', {
        path: path ?? null,
        extensions: { code },
      }),
  );
  return { data, ...(told === undefined ? {} : { errors: told }) };
};

type Execute = (args: ExecutionArgs) => Promise<ExecutionResult>;

const executeOnce = async (
  server: Context,
  call: KeyedCall,
  execute: () => Promise<ExecutionResult>,
): Promise<ExecutionResult> => {
  if (call.key.length > MAX_KEY_LENGTH) return TOO_LONG;
  let result: ExecutionResult | null = null;
  const answered = await answerOnce(server, call, async () => {
    result = await execute();
    return { text: toText(result), isKept: isDone(result) };
  });
  if (result !== null) return result;
  if (answered.kind === 'under-way') return UNDER_WAY;
  return answered.kind === 'other-call' ? OTHER_CALL : toResult(answered.text);
};

/**
 * Does a mutation once that brings a key: in the header `Idempotency-Key`, or as `extensions.idempotencyKey` of an
 * operation on a socket. Whoever sends it again gets the first answer.
 */
export const keyedCallPlugin = (server: Context): Plugin => ({
  onExecute: ({ args, executeFn, setExecuteFn }) => {
    const { document, operationName, variableValues } = args;
    const operation = getOperationAST(document, operationName)?.operation;
    // The engine puts the request and the parameters of the operation into its context.
    const key = keyOf(args.contextValue);
    if (operation !== OperationTypeNode.MUTATION || key === null) return;
    // A mutation has one result, unlike what the engine's type admits.
    const execute: Execute = executeFn;
    const asked = JSON.stringify([print(document), operationName, variableValues]);
    setExecuteFn((given: ExecutionArgs) =>
      executeOnce(server, { key, asked }, async () => execute(given)),
    );
  },
});
