import type { Context } from '#server/context.ts';
import { toError } from '#server/errors.ts';
import { type SetFlowRunState, setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import type { FlowRunFilter } from '#server/queries/filter-types.ts';
import { filterFlowRuns } from '#server/queries/flow-run/filter-flow-runs.ts';

import { parametersBody } from './body.ts';
import { bulkLimit } from './page.ts';
import { answer } from './reply.ts';
import { type Route, route } from './route.ts';
import { flowRunFilter } from './wire/filters/flow-run-filter.ts';
import { boolean } from './wire/pydantic/scalar.ts';
import { proposedState } from './wire/state.ts';
import { transitionToWire } from './wire/transition.ts';

const findIds = async (
  ctx: Context,
  filter: FlowRunFilter | undefined,
  limit: number,
): Promise<readonly string[]> => {
  const page = { limit, offset: 0 };
  const runs = await filterFlowRuns(ctx, { filter: filter ?? {}, sort: 'ID_DESC', page });
  return runs.map(({ id }) => id);
};

/** What became of one run of many: a run that cannot be changed does not keep the others from it. */
const setOne = async (ctx: Context, input: SetFlowRunState) => {
  try {
    return transitionToWire(await setFlowRunState(ctx, input));
  } catch (error) {
    const details = { type: 'abort_details', reason: toError(error).message };
    return { state: null, status: 'ABORT', details };
  }
};

/** What clients do to many flow runs at once. */
export const flowRunBulkRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/flow_runs/bulk_set_state',
    body: parametersBody({
      flow_runs: flowRunFilter.optional(),
      state: proposedState,
      force: boolean.default(false),
      limit: bulkLimit,
    }),
    handle: async ({ body, client }) => {
      const ids = await findIds(ctx, body.flow_runs, body.limit);
      const { state: proposed, force } = body;
      const outcomes = await Promise.all(
        ids.map((flowRunId) => setOne(ctx, { flowRunId, proposed, force, client })),
      );
      return answer({
        results: outcomes.map(({ state, status, details }, index) => ({
          flow_run_id: ids[index],
          status,
          state,
          details,
        })),
      });
    },
  }),
];
