import { createClient as createSocketClient } from 'graphql-ws';

import { ApiError } from './api-error.ts';
import {
  CreateFlowDocument,
  CreateFlowRunDocument,
  FollowFlowRunDocument,
  SetFlowRunStateDocument,
  type CreateFlowInput,
  type CreateFlowRunInput,
  type FlowRunSummaryFragment,
  type FollowFlowRunSubscription,
  type SetFlowRunStateInput,
  type SetStateStatus,
  type TypedDocumentString,
} from './generated/graphql.ts';
import { postOperation } from './post-operation.ts';

export type ClientOptions = {
  /** The server's GraphQL address, e.g. `http://127.0.0.1:4200/graphql`. */
  readonly url: string;
  /** Sent as `Authorization` with every request and with the socket. */
  readonly authorization?: string;
  /** For how many seconds an operation is sent again while the server is away or busy; 30 unless told, 0 for never. */
  readonly retrySeconds?: number;
};

const RETRY_SECONDS = 30;

export type Client = {
  /** Runs any query or mutation generated with the SDK's types. */
  readonly request: <Data, Variables>(
    operation: TypedDocumentString<Data, Variables>,
    variables: Variables,
  ) => Promise<Data>;
  /** Creates a flow, or answers the one that has the name already. */
  readonly createFlow: (input: CreateFlowInput) => Promise<{ id: string; name: string }>;
  readonly createFlowRun: (input: CreateFlowRunInput) => Promise<FlowRunSummaryFragment>;
  /** Proposes a state; the verdict says whether the server took it. */
  readonly setFlowRunState: (
    input: SetFlowRunStateInput,
  ) => Promise<{ status: SetStateStatus; flowRun: FlowRunSummaryFragment }>;
  /** The run as it is, then after each change, until it ends or is deleted. */
  readonly followFlowRun: (id: string) => AsyncGenerator<FlowRunSummaryFragment, void>;
  /** Ends every subscription and closes the socket. */
  readonly close: () => Promise<void>;
};

type Refusal = { readonly __typename: string; readonly code: string; readonly message: string };

const endStates: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED']);

const isRefusal = (result: { readonly __typename: string }): result is Refusal =>
  result.__typename.endsWith('Error');

/** Takes the payload out of a result union, or throws what the server refused it with. */
const unwrap = <Result extends { readonly __typename: string }>(
  result: Result,
): Exclude<Result, { readonly message: string }> => {
  if (isRefusal(result)) throw new ApiError(result.code, result.message);
  // Every member that is no error is a payload: the schema's rule for result unions.
  return result as Exclude<Result, { readonly message: string }>;
};

/** A typed client of one server; it opens its socket with the first subscription. */
export const createClient = ({
  url,
  authorization,
  retrySeconds = RETRY_SECONDS,
}: ClientOptions): Client => {
  const headers = authorization === undefined ? {} : { authorization };
  const request: Client['request'] = (operation, variables) =>
    postOperation({ url, headers, query: operation.toString(), variables, retrySeconds });
  const socket = createSocketClient({
    url: url.replace(/^http/, 'ws'),
    connectionParams: headers,
    retryAttempts: Number.POSITIVE_INFINITY,
  });

  return {
    request,
    createFlow: async (input) =>
      unwrap((await request(CreateFlowDocument, { input })).createFlow).flow,
    createFlowRun: async (input) =>
      unwrap((await request(CreateFlowRunDocument, { input })).createFlowRun).flowRun,
    setFlowRunState: async (input) =>
      unwrap((await request(SetFlowRunStateDocument, { input })).setFlowRunState),
    async *followFlowRun(id) {
      const query = FollowFlowRunDocument.toString();
      const messages = socket.iterate<FollowFlowRunSubscription>({ query, variables: { id } });
      for await (const { data, errors } of messages) {
        if (errors?.[0]) throw new ApiError('SUBSCRIPTION', errors[0].message);
        const flowRun = data?.flowRun.flowRun ?? null;
        if (flowRun === null) return;
        yield flowRun;
        if (flowRun.state !== null && endStates.has(flowRun.state.type)) return;
      }
    },
    close: async () => {
      await socket.dispose();
    },
  };
};
