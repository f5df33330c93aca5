import {
  CreateFlowDocument,
  CreateFlowRunDocument,
  FollowFlowRunDocument,
  SetFlowRunStateDocument,
  type CreateFlowInput,
  type CreateFlowRunInput,
  type FlowRunSummaryFragment,
  type SetFlowRunStateInput,
  type SetFlowRunStateMutation,
} from './generated/graphql.ts';
import { type Operation, type PayloadOf, unwrap } from './operation.ts';
import { postOperation } from './post-operation.ts';
import { openSocket } from './subscribe.ts';

export type ClientOptions = {
  /** The server's GraphQL address, e.g. `http://127.0.0.1:4200/graphql`. */
  readonly url: string;
  /** Sent as `Authorization` with every request and with the socket. */
  readonly authorization?: string;
  /** For how many seconds an operation is sent again while the server is away or busy; 30 unless told, 0 for never. */
  readonly retrySeconds?: number;
};

const RETRY_SECONDS = 30;

type Stoppable = { readonly signal?: AbortSignal };

/** One page of a list. */
export type Page<Node> = {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
};

/** Every call but a subscription throws `ApiError` for what the server refused. */
export type Client = {
  /** Runs a query or a mutation and answers its data, refusals of mutations included. */
  readonly request: <Data, Variables extends object>(
    operation: Operation<Data, Variables>,
    variables: Variables,
  ) => Promise<Data>;
  /** Runs a mutation and answers its payload; throws what the server refused it with. */
  readonly mutate: <Data extends object, Variables extends object>(
    operation: Operation<Data, Variables>,
    variables: Variables,
  ) => Promise<PayloadOf<Data>>;
  /** All rows of a list, page by page: the operation takes `$after` and asks for `nodes` and `pageInfo`. */
  readonly list: <Data, Variables extends object, Node>(
    operation: Operation<Data, Variables>,
    variables: Variables,
    pageOf: (data: Data) => Page<Node>,
  ) => AsyncGenerator<Node, void>;
  /**
   * The messages of a subscription, across losses of the connection, until the signal comes or the loop is left. An
   * operation that takes `$after` and asks for `cursor` goes on where it was; others begin anew with what is there.
   */
  readonly subscribe: <Data, Variables extends object>(
    operation: Operation<Data, Variables>,
    variables: Variables,
    options?: Stoppable,
  ) => AsyncGenerator<Data, void>;
  /** Creates a flow, or answers the one that has the name already. */
  readonly createFlow: (input: CreateFlowInput) => Promise<{ id: string; name: string }>;
  readonly createFlowRun: (input: CreateFlowRunInput) => Promise<FlowRunSummaryFragment>;
  /** Proposes a state; the verdict says whether the server took it. */
  readonly setFlowRunState: (
    input: SetFlowRunStateInput,
  ) => Promise<PayloadOf<SetFlowRunStateMutation>>;
  /** The run as it is, then after each change, until it ends or is deleted. */
  readonly followFlowRun: (
    id: string,
    options?: Stoppable,
  ) => AsyncGenerator<FlowRunSummaryFragment, void>;
  /** Ends every subscription and closes the socket. */
  readonly close: () => Promise<void>;
};

const endStates: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED']);

/** A typed client of one server; it opens its socket with the first subscription. */
export const createClient = ({
  url,
  authorization,
  retrySeconds = RETRY_SECONDS,
}: ClientOptions): Client => {
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
  const socket = openSocket(url, headers);
  const request: Client['request'] = (operation, variables) =>
    postOperation({ url, headers, query: operation.toString(), variables, retrySeconds });
  const mutate: Client['mutate'] = <Data extends object, Variables extends object>(
    operation: Operation<Data, Variables>,
    variables: Variables,
  ) => request(operation, variables).then(unwrap<Data>);
  const subscribe: Client['subscribe'] = (operation, variables, options = {}) =>
    socket.subscribe({ query: operation.toString(), variables, signal: options.signal });

  return {
    request,
    mutate,
    subscribe,
    async *list(operation, variables, pageOf) {
      for (let after: string | null | undefined; after !== null;) {
        const asked = after === undefined ? variables : { ...variables, after };
        // oxlint-disable-next-line no-await-in-loop -- a page begins where the one before ends
        const { nodes, pageInfo } = pageOf(await request(operation, asked));
        yield* nodes;
        after = pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null;
      }
    },
    createFlow: async (input) => (await mutate(CreateFlowDocument, { input })).flow,
    createFlowRun: async (input) => (await mutate(CreateFlowRunDocument, { input })).flowRun,
    setFlowRunState: async (input) => {
      // Another try of a transition that was made already is rejected, and the run is in that very state.
      const state = { transitionId: crypto.randomUUID(), ...input.state };
      const query = SetFlowRunStateDocument.toString();
      const variables = { input: { ...input, state } };
      const payload = unwrap(
        await postOperation<SetFlowRunStateMutation>({
          url,
          headers,
          query,
          variables,
          retrySeconds,
          isRepeatable: true,
        }),
      );
      const isMade = payload.state?.details.transitionId === state.transitionId;
      return payload.status === 'REJECT' && isMade ? { ...payload, status: 'ACCEPT' } : payload;
    },
    async *followFlowRun(id, options) {
      for await (const { flowRun: news } of subscribe(FollowFlowRunDocument, { id }, options)) {
        if (news.flowRun === null) return;
        yield news.flowRun;
        if (news.flowRun.state !== null && endStates.has(news.flowRun.state.type)) return;
      }
    },
    close: socket.close,
  };
};
