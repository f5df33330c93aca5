import { z } from 'zod';

import type { Context } from '#server/context.ts';
import type { State } from '#server/orchestration/states.ts';
import { readObservedStates } from '#server/queries/state/read-observed-states.ts';
import {
  readFlowRunState,
  readFlowRunStates,
  readTaskRunState,
  readTaskRunStates,
} from '#server/queries/state/read-states.ts';
import { formatInstant } from '#server/time.ts';

import { observedStateAnswer } from './answers/history.ts';
import { stateAnswer } from './answers/state.ts';
import { type Reply, answer, refusal } from './reply.ts';
import { type Route, route } from './route.ts';
import { optional } from './wire/filters/criteria.ts';
import { integer } from './wire/pydantic/number.ts';
import { choice, text, uuid } from './wire/pydantic/scalar.ts';
import { openModel } from './wire/pydantic/shapes.ts';
import { stateToWire } from './wire/state.ts';

const MAX_OBSERVED = 200;
const MAX_PREFIX_LENGTH = 100;

const answerState = (state: State | null): Reply =>
  // Prefect's server says the same of the states of task runs.
  state === null ? refusal(404, 'Flow run state not found') : answer(stateToWire(state));

const observedStates = openModel({
  query: optional(text({ maxLength: MAX_PREFIX_LENGTH })),
  order_by: choice(['NAME_ASC', 'LAST_SEEN_DESC']).default('LAST_SEEN_DESC'),
  limit: integer({ atLeast: 1, atMost: MAX_OBSERVED }).default(MAX_OBSERVED),
});

/** What clients ask about the states that runs were in. */
export const stateRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'GET',
    path: '/flow_run_states/{id:uuid}',
    answers: stateAnswer,
    handle: async ({ param }) => answerState(await readFlowRunState(ctx, param('id'))),
  }),
  route({
    method: 'GET',
    path: '/flow_run_states/',
    answers: z.array(stateAnswer),
    query: openModel({ flow_run_id: uuid }),
    handle: async ({ query }) =>
      answer((await readFlowRunStates(ctx, query.flow_run_id)).map(stateToWire)),
  }),
  route({
    method: 'GET',
    path: '/task_run_states/{id:uuid}',
    answers: stateAnswer,
    handle: async ({ param }) => answerState(await readTaskRunState(ctx, param('id'))),
  }),
  route({
    method: 'GET',
    path: '/task_run_states/',
    answers: z.array(stateAnswer),
    query: openModel({ task_run_id: uuid }),
    handle: async ({ query }) =>
      answer((await readTaskRunStates(ctx, query.task_run_id)).map(stateToWire)),
  }),
  route({
    method: 'GET',
    path: '/observed-states',
    answers: z.array(observedStateAnswer),
    query: observedStates,
    handle: async ({ query: { query = null, order_by: sort, limit } }) => {
      const states = await readObservedStates(ctx, { query, sort, limit });
      return answer(
        states.map(({ type, name, firstSeen, lastSeen }) => ({
          state_type: type,
          state_name: name,
          first_seen: formatInstant(firstSeen),
          last_seen: formatInstant(lastSeen),
        })),
      );
    },
  }),
];
