import { deleteDeployments } from '#server/commands/deployment/delete-deployment.ts';
import { filterDeployments } from '#server/queries/deployment/filter-deployments.ts';
import type { DeploymentFilter as DeploymentFilterValue } from '#server/queries/filter-types.ts';

import { defineBulkDeletion } from '../shared/define-bulk-deletion.ts';
import { DeploymentFilter } from '../shared/entity-filters.ts';

defineBulkDeletion<DeploymentFilterValue>('bulkDeleteDeployments', {
  description: 'Deletes deployments with their schedules, a bounded number at once.',
  filter: DeploymentFilter,
  find: async (ctx, { filter, limit }) =>
    (await filterDeployments(ctx, { filter, sort: 'NAME_ASC', page: { limit, offset: 0 } })).map(
      ({ id }) => id,
    ),
  remove: deleteDeployments,
});
