import type { GraphQLResolveInfo } from 'graphql';

import { expressionsFor } from '#server/db/expressions.ts';
import type { StateType } from '#server/orchestration/states.ts';
import type { Condition } from '#server/queries/criteria.ts';
import type { FlowRunFilter } from '#server/queries/filter-types.ts';
import { countParts } from '#server/queries/keyset.ts';
import { whereFlowRun } from '#server/queries/where.ts';

import type { GraphQLContext } from '../context.ts';
import { batched } from './batch.ts';

/** The runs of a work pool that hold one of its slots. */
export const holdingSlotsOfPool = (id: string): FlowRunFilter => ({
  workPool: { id: { in: [id] } },
  state: { type: { in: ['PENDING', 'RUNNING'] satisfies StateType[] } },
});

/** The runs of a work queue that hold one of its slots, which those that are being cancelled still do. */
export const holdingSlotsOfQueue = (id: string): FlowRunFilter => ({
  workQueue: { id: { in: [id] } },
  state: { type: { in: ['PENDING', 'RUNNING', 'CANCELLING'] satisfies StateType[] } },
});

/** How many flow runs a filter admits, for all objects of a list at once. */
export const countFlowRunsOf = (
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
  filter: FlowRunFilter,
): Promise<number> =>
  batched<Condition, number>(ctx, info, {
    key: whereFlowRun(expressionsFor(ctx.server.db.dialect.name), filter),
    purpose: 'flow runs',
    load: (parts) =>
      countParts(
        ctx.server,
        { table: 'flowRun', cap: null },
        parts.map((where) => ({ where })),
      ),
  });
