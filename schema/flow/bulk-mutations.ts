import { deleteFlows } from '#server/commands/flow/delete-flow.ts';
import type { FlowFilter as FlowFilterValue } from '#server/queries/filter-types.ts';
import { filterFlows } from '#server/queries/flow/filter-flows.ts';

import { defineBulkDeletion } from '../shared/define-bulk-deletion.ts';
import { FlowFilter } from '../shared/entity-filters.ts';

defineBulkDeletion<FlowFilterValue>('bulkDeleteFlows', {
  description: 'Deletes flows with their deployments and runs, a bounded number at once.',
  filter: FlowFilter,
  find: async (ctx, { filter, limit }) =>
    (await filterFlows(ctx, { filter, sort: 'NAME_ASC', page: { limit, offset: 0 } })).map(
      ({ id }) => id,
    ),
  remove: deleteFlows,
});
