import type { Context } from '#server/context.ts';
import { type JsonObject, stringList } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

import type { FlowRunFilter } from '../filter-types.ts';
import { countFlowRuns, filterFlowRuns } from '../flow-run/filter-flow-runs.ts';
import type { FlowRunView } from '../flow-run/flow-run-view.ts';

/** The runs of deployments that a queue chooses by tags and deployments, as queues did before there were pools. */
const chosenBy = ({ tags = null, deployment_ids: ids = null }: JsonObject): FlowRunFilter => ({
  ...(tags === null ? {} : { tags: { all: stringList(tags) } }),
  deploymentId: { isNull: false, ...(ids === null ? {} : { in: stringList(ids) }) },
});

/** How many runs hold slots of a queue that chooses its runs by a filter. */
export const countLegacyQueueSlots = (ctx: Context, filter: JsonObject): Promise<number> =>
  countFlowRuns(ctx, {
    filter: { ...chosenBy(filter), state: { type: { in: ['PENDING', 'RUNNING'] } } },
  });

/** The next runs of a queue that chooses them by a filter, soonest first. */
export const readLegacyQueueRuns = (
  ctx: Context,
  {
    filter,
    scheduledBefore,
    limit,
  }: {
    readonly filter: JsonObject;
    readonly scheduledBefore?: Micros | undefined;
    readonly limit: number;
  },
): Promise<readonly FlowRunView[]> =>
  filterFlowRuns(ctx, {
    filter: {
      ...chosenBy(filter),
      state: { type: { in: ['SCHEDULED'] } },
      ...(scheduledBefore === undefined
        ? {}
        : { nextScheduledStartTime: { before: scheduledBefore } }),
    },
    sort: 'NEXT_SCHEDULED_START_TIME_ASC',
    page: { limit, offset: 0 },
  });
