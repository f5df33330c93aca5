import type { ObjectRef } from '@pothos/core';

import type { FlowRunFilter as FlowRunFilterValue } from '#server/queries/filter-types.ts';
import { selectFlowRuns } from '#server/queries/flow-run/flow-run-selection.ts';

import { builder } from '../builder.ts';
import { Deployment } from '../deployment/object.ts';
import { Flow } from '../flow/object.ts';
import { resolveConnection } from '../shared/connection.ts';
import { FlowRunFilter } from '../shared/entity-filters.ts';
import { FILTER, ORDER, pageArguments } from '../shared/list-arguments.ts';
import { FlowRunOrder } from '../shared/orders.ts';
import { RunAggregate, aggregateRuns } from '../shared/run-aggregate.ts';
import { toFilter } from '../shared/to-filter.ts';
import { WorkPool } from '../work-pool/object.ts';
import { WorkQueue } from '../work-queue/object.ts';
import { FLOW_RUNS } from './list.ts';
import { FlowRunConnection } from './object.ts';

type Types = typeof builder.$inferSchemaTypes;

/** Gives a type the list of its runs and what they amount to. */
const defineRunsOf = <Row extends { readonly id: string }>(
  type: ObjectRef<Types, Row>,
  within: (id: string) => FlowRunFilterValue,
): void => {
  builder.objectFields(type, (t) => ({
    flowRuns: t.field({
      type: FlowRunConnection,
      description: 'Its runs.',
      args: {
        filter: t.arg({ type: FlowRunFilter, description: FILTER }),
        orderBy: t.arg({ type: [FlowRunOrder], description: ORDER }),
        ...pageArguments(),
      },
      resolve: ({ id }, args, ctx, info) =>
        resolveConnection(ctx, info, { source: FLOW_RUNS, args, within: within(id) }),
    }),
    runAggregate: t.field({
      type: RunAggregate,
      description: 'What its runs amount to.',
      args: { filter: t.arg({ type: FlowRunFilter, description: FILTER }) },
      resolve: ({ id }, { filter }, ctx, info) =>
        aggregateRuns(
          ctx,
          info,
          selectFlowRuns(ctx.server, { and: [within(id), toFilter(filter)] }),
        ),
    }),
  }));
};

defineRunsOf(Flow, (id) => ({ flowId: { in: [id] } }));
defineRunsOf(Deployment, (id) => ({ deploymentId: { in: [id] } }));
defineRunsOf(WorkPool, (id) => ({ workPool: { id: { in: [id] } } }));
defineRunsOf(WorkQueue, (id) => ({ workQueue: { id: { in: [id] } } }));
