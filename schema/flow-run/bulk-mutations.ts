import {
  type BulkTransition,
  bulkSetFlowRunState,
} from '#server/commands/flow-run/bulk-set-flow-run-state.ts';
import { deleteFlowRuns } from '#server/commands/flow-run/delete-flow-run.ts';
import type { Context } from '#server/context.ts';
import type { FlowRunFilter as FlowRunFilterValue } from '#server/queries/filter-types.ts';
import { filterFlowRuns } from '#server/queries/flow-run/filter-flow-runs.ts';

import { builder } from '../builder.ts';
import { InvalidInput } from '../errors/classes.ts';
import { bulkSize, defineBulkDeletion } from '../shared/define-bulk-deletion.ts';
import { defineMutation, definePayload } from '../shared/define-mutation.ts';
import { FlowRunFilter } from '../shared/entity-filters.ts';
import { SetStateStatus } from '../shared/enums.ts';
import { toFilter } from '../shared/to-filter.ts';
import { StateDecisionDetails } from '../state/decision.ts';
import { StateInput, toProposedState } from '../state/input.ts';
import { State, toStateShape } from '../state/object.ts';

const findFlowRuns = async (
  ctx: Context,
  { filter, limit }: { readonly filter: FlowRunFilterValue; readonly limit: number },
): Promise<readonly string[]> =>
  (await filterFlowRuns(ctx, { filter, sort: 'ID_DESC', page: { limit, offset: 0 } })).map(
    ({ id }) => id,
  );

defineBulkDeletion<FlowRunFilterValue>('bulkDeleteFlowRuns', {
  description: 'Deletes flow runs, a bounded number at once.',
  filter: FlowRunFilter,
  find: findFlowRuns,
  remove: (ctx, flowRunIds) => deleteFlowRuns(ctx, { flowRunIds }),
});

const BulkStateItem = builder.objectRef<BulkTransition>('BulkStateItem').implement({
  description: 'What was decided for one of many flow runs.',
  fields: (t) => ({
    flowRunId: t.exposeID('flowRunId', { description: 'The id of the flow run.' }),
    status: t.expose('status', { type: SetStateStatus, description: 'What was decided.' }),
    state: t.field({
      type: State,
      nullable: true,
      description: 'The state the run is in now.',
      resolve: ({ state }) => (state === null ? null : toStateShape('flowRun', state)),
    }),
    details: t.expose('details', {
      type: StateDecisionDetails,
      description: 'What there is to say about the decision.',
    }),
  }),
});

interface BulkStates {
  readonly results: readonly BulkTransition[];
  readonly hasMore: boolean;
}

defineMutation('bulkSetFlowRunState', {
  description: 'Proposes a state for many flow runs, each by itself, a bounded number at once.',
  input: (t) => ({
    filter: t.field({ type: FlowRunFilter, required: true, description: 'Which flow runs.' }),
    state: t.field({ type: StateInput, required: true, description: 'The proposed state.' }),
    force: t.boolean({
      defaultValue: false,
      description: 'Whether to leave out all rules but those that protect what cannot be had back.',
    }),
    limit: t.int({ description: 'How many at once, at most 50.' }),
  }),
  payload: definePayload<BulkStates>('bulkSetFlowRunState', (t) => ({
    results: t.field({
      type: [BulkStateItem],
      description: 'What was decided for each.',
      resolve: ({ results }) => [...results],
    }),
    hasMore: t.exposeBoolean('hasMore', {
      description: 'Whether the filter admits more than were proposed to at once.',
    }),
  })),
  errors: [InvalidInput],
  resolve: async ({ filter, state, force, limit }, { server }) => {
    const size = bulkSize(limit);
    const ids = await findFlowRuns(server, { filter: toFilter(filter), limit: size + 1 });
    const results = await bulkSetFlowRunState(server, {
      flowRunIds: ids.slice(0, size),
      proposed: toProposedState(state),
      force: force ?? false,
    });
    return { results, hasMore: ids.length > size };
  },
});
