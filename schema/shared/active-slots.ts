import type { GraphQLResolveInfo } from 'graphql';

import { expressionsFor } from '#server/db/expressions.ts';
import type { Condition } from '#server/queries/criteria.ts';
import type { FlowRunFilter } from '#server/queries/filter-types.ts';
import { countParts } from '#server/queries/keyset.ts';
import { whereFlowRun } from '#server/queries/where.ts';

import type { GraphQLContext } from '../context.ts';
import { batched } from './batch.ts';

/** How many of the runs hold a slot: those that are being prepared, run or are being ended. */
export const countActiveSlots = (
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
  filter: FlowRunFilter,
): Promise<number> =>
  batched<Condition, number>(ctx, info, {
    key: whereFlowRun(expressionsFor(ctx.server.db.dialect.name), {
      and: [filter, { state: { type: { in: ['PENDING', 'RUNNING', 'CANCELLING'] } } }],
    }),
    purpose: 'slots',
    load: (parts) =>
      countParts(
        ctx.server,
        { table: 'flowRun', cap: null },
        parts.map((where) => ({ where })),
      ),
  });
