import { bulkSetFlowRunState } from '#server/commands/flow-run/bulk-set-flow-run-state.ts';
import { deleteFlowRuns } from '#server/commands/flow-run/delete-flow-run.ts';
import type { Context } from '#server/context.ts';
import type { FlowRunFilter } from '#server/queries/filter-types.ts';
import { filterFlowRuns } from '#server/queries/flow-run/filter-flow-runs.ts';

import { flowRunBulkDeleteAnswer } from './answers/flow-run.ts';
import { flowRunBulkSetStateAnswer } from './answers/transition.ts';
import { parametersBody } from './body.ts';
import { bulkLimit } from './page.ts';
import { answer } from './reply.ts';
import { type Route, route } from './route.ts';
import { flowRunFilter } from './wire/filters/flow-run-filter.ts';
import { boolean } from './wire/pydantic/scalar.ts';
import { optionalStateToWire, proposedState } from './wire/state.ts';

const findIds = async (
  ctx: Context,
  filter: FlowRunFilter | undefined,
  limit: number,
): Promise<readonly string[]> => {
  const page = { limit, offset: 0 };
  const runs = await filterFlowRuns(ctx, { filter: filter ?? {}, sort: 'ID_DESC', page });
  return runs.map(({ id }) => id);
};

/** What clients do to many flow runs at once. */
export const flowRunBulkRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/flow_runs/bulk_delete',
    answers: flowRunBulkDeleteAnswer,
    body: parametersBody({ flow_runs: flowRunFilter.optional(), limit: bulkLimit }),
    handle: async ({ body }) => {
      const flowRunIds = await findIds(ctx, body.flow_runs, body.limit);
      return answer({ deleted: await deleteFlowRuns(ctx, { flowRunIds }) });
    },
  }),
  route({
    method: 'POST',
    path: '/flow_runs/bulk_set_state',
    answers: flowRunBulkSetStateAnswer,
    body: parametersBody({
      flow_runs: flowRunFilter.optional(),
      state: proposedState,
      force: boolean.default(false),
      limit: bulkLimit,
    }),
    handle: async ({ body: { flow_runs: filter, limit, state: proposed, force }, client }) => {
      const flowRunIds = await findIds(ctx, filter, limit);
      const outcomes = await bulkSetFlowRunState(ctx, { flowRunIds, proposed, force, client });
      return answer({
        results: outcomes.map(({ flowRunId, status, state, details }) => ({
          flow_run_id: flowRunId,
          status,
          state: optionalStateToWire(state),
          details,
        })),
      });
    },
  }),
];
