import { afterAll, beforeAll, describe } from 'vitest';

import { createEngine } from '#schema/http/yoga.ts';
import { schema } from '#schema/index.ts';
import type { Context } from '#server/context.ts';
import type { JsonObject, JsonValue } from '#server/json.ts';
import type { ProposedState } from '#server/orchestration/states.ts';

import { type ApiServer, serveApi } from './api.ts';
import { type TestDatabase, describeEachDatabase } from './database.ts';

export type RunKind = 'flow_run' | 'task_run';

/** What a door answers to a proposal, in the words of Prefect's API. */
export interface DoorVerdict {
  readonly status: string;
  readonly details: { readonly reason?: string; readonly delay_seconds?: number };
  readonly state: {
    readonly id: string;
    readonly type: string;
    readonly name: string;
    readonly message: string | null;
    readonly data: JsonValue;
    /** Those that are neither null nor false. */
    readonly state_details: JsonObject;
  } | null;
}

export interface Proposal {
  readonly kind: RunKind;
  readonly id: string;
  readonly state: Pick<ProposedState, 'type'> & Partial<ProposedState>;
  readonly force?: boolean;
}

/** A way to propose states that the server offers to the outside. */
export interface StateDoor {
  propose(proposal: Proposal): Promise<DoorVerdict>;
  close(): Promise<void>;
}

const told = (fields: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== false),
  );

interface WireState {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly message?: string | null;
  readonly data?: JsonValue;
}

interface WireVerdict {
  readonly status: string;
  readonly details: {
    readonly reason?: string | null;
    readonly delay_seconds?: number | null;
  };
}

const verdictOf = (
  { status, details }: WireVerdict,
  state: WireState | null,
  stateDetails: JsonObject,
): DoorVerdict => ({
  status,
  details: {
    ...(typeof details.reason === 'string' ? { reason: details.reason } : {}),
    ...(typeof details.delay_seconds === 'number' ? { delay_seconds: details.delay_seconds } : {}),
  },
  state:
    state === null
      ? null
      : {
          id: state.id,
          type: state.type,
          name: state.name,
          message: state.message ?? null,
          data: state.data ?? null,
          state_details: told(stateDetails),
        },
});

interface RestVerdict extends WireVerdict {
  readonly state: (WireState & { readonly state_details: JsonObject }) | null;
}

const openRest = async (ctx: Context): Promise<StateDoor> => {
  const api: ApiServer = await serveApi(ctx);
  return {
    propose: async ({ kind, id, state, force = false }) => {
      const { details, ...rest } = state;
      const body = { state: { ...rest, state_details: details ?? {} }, force };
      const { status, text } = await api.call('POST', `/${kind}s/${id}/set_state`, body);
      if (status >= 300) throw new Error(`${status} ${text}`);
      const answer: RestVerdict = JSON.parse(text);
      return verdictOf(answer, answer.state, answer.state?.state_details ?? {});
    },
    close: () => api.close(),
  };
};

const DETAILS = `scheduledTime cacheKey cacheExpiration deferred pauseTimeout pauseReschedule pauseKey refreshCache
  runInputKeyset retriable transitionId taskParametersId deploymentConcurrencyLeaseId flowRunId taskRunId childFlowRunId`;

const operation = (name: string): string => `mutation Do($input: ${name}Input!) {
  answer: ${name.charAt(0).toLowerCase()}${name.slice(1)}(input: $input) {
    ... on Error { code message }
    ... on ${name}Payload {
      status
      details {
        ... on RejectDetails { reason }
        ... on AbortDetails { reason }
        ... on WaitDetails { reason delay_seconds: delaySeconds }
      }
      state { id type name message data details { ${DETAILS} } }
    }
  }
}`;

const snakeKeys = (fields: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );

interface GraphQLAnswer {
  readonly errors?: JsonValue;
  readonly data?: {
    readonly answer: WireVerdict & {
      readonly code?: string;
      readonly state: (WireState & { readonly details: JsonObject }) | null;
    };
  } | null;
}

/** The GraphQL door alone. */
export const openGraphQLDoor = (ctx: Context): Promise<StateDoor> => {
  const { yoga } = createEngine(ctx, schema);
  return Promise.resolve({
    propose: async ({ kind, id, state, force = false }) => {
      const query = operation(kind === 'flow_run' ? 'SetFlowRunState' : 'SetTaskRunState');
      const response = await yoga.fetch('http://server/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables: { input: { id, state, force } } }),
      });
      const text = await response.text();
      const { data }: GraphQLAnswer = JSON.parse(text);
      const answer = data?.answer;
      if (answer === undefined || answer.code !== undefined) throw new Error(text);
      return verdictOf(answer, answer.state, snakeKeys(answer.state?.details ?? {}));
    },
    close: () => Promise.resolve(),
  });
};

export interface DoorOfDatabase extends TestDatabase {
  propose(proposal: Proposal): Promise<DoorVerdict>;
}

/** Runs the same tests on each database of this run, through each of the two doors. */
export const describeEachDoor = (name: string, body: (door: DoorOfDatabase) => void): void =>
  describeEachDatabase(name, (db) => {
    describe.each(['REST', 'GraphQL'] as const)('through %s', (protocol) => {
      let door: StateDoor | undefined;
      beforeAll(async () => {
        door = await (protocol === 'REST' ? openRest(db.ctx) : openGraphQLDoor(db.ctx));
      });
      afterAll(() => door?.close());
      body({
        kind: db.kind,
        get ctx() {
          return db.ctx;
        },
        propose: (proposal) => {
          if (door === undefined) throw new Error('The door is open only while tests run.');
          return door.propose(proposal);
        },
      });
    });
  });
