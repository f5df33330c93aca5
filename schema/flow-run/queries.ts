import type { FlowRunFilter as FlowRunFilterValue } from '#server/queries/filter-types.ts';
import { readFlowRunPoints } from '#server/queries/flow-run/flow-run-points.ts';
import type { FlowRunPoint as FlowRunPointShape } from '#server/queries/flow-run/flow-run-points.ts';
import { selectFlowRuns } from '#server/queries/flow-run/flow-run-selection.ts';

import { builder } from '../builder.ts';
import { resolveConnection } from '../shared/connection.ts';
import { FlowRunFilter } from '../shared/entity-filters.ts';
import { StateType } from '../shared/enums.ts';
import { FILTER, ORDER, pageArguments } from '../shared/list-arguments.ts';
import { FlowRunOrder } from '../shared/orders.ts';
import { MAX_PAGE } from '../shared/page-arguments.ts';
import { RunAggregate, aggregateRuns } from '../shared/run-aggregate.ts';
import { toFilter } from '../shared/to-filter.ts';
import { storedId } from '../shared/where-unique.ts';
import { FLOW_RUNS } from './list.ts';
import { FlowRunConnection } from './object.ts';

builder.queryField('flowRun', (t) =>
  t.prismaField({
    type: 'FlowRun',
    nullable: true,
    description: 'One flow run, or null.',
    args: { id: t.arg.id({ required: true, description: 'Its id.' }) },
    resolve: (query, _root, { id }, ctx) =>
      ctx.server.db.prisma.flowRun.findUnique({ ...query, where: { id: storedId(id) } }),
  }),
);

builder.queryField('flowRuns', (t) =>
  t.field({
    type: FlowRunConnection,
    description: 'Flow runs, the one expected to start last first unless an order is given.',
    args: {
      filter: t.arg({ type: FlowRunFilter, description: FILTER }),
      orderBy: t.arg({ type: [FlowRunOrder], description: ORDER }),
      ...pageArguments(),
    },
    resolve: (_root, args, ctx, info) => resolveConnection(ctx, info, { source: FLOW_RUNS, args }),
  }),
);

builder.queryField('flowRunAggregate', (t) =>
  t.field({
    type: RunAggregate,
    description: 'What flow runs amount to.',
    args: { filter: t.arg({ type: FlowRunFilter, description: FILTER }) },
    resolve: (_root, { filter }, ctx, info) =>
      aggregateRuns(ctx, info, selectFlowRuns(ctx.server, toFilter(filter))),
  }),
);

const FlowRunPoint = builder.objectRef<FlowRunPointShape>('FlowRunPoint').implement({
  description: 'A flow run as a point of a chart.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id of the flow run.' }),
    stateType: t.field({
      type: StateType,
      description: 'The kind of its state.',
      resolve: (point) => point.stateType ?? 'PENDING',
    }),
    timestamp: t.field({
      type: 'DateTime',
      description: 'When it started or, before that, when it is expected to.',
      resolve: (point) => point.timestamp ?? 0,
    }),
    durationSeconds: t.exposeFloat('durationSeconds', { description: 'How long it has run.' }),
    latenessSeconds: t.exposeFloat('latenessSeconds', {
      description: 'How late it started, or is.',
    }),
  }),
});

const POINT_SORTS = {
  ID: ['ID_DESC', 'ID_DESC'],
  START_TIME: ['START_TIME_ASC', 'START_TIME_DESC'],
  EXPECTED_START_TIME: ['EXPECTED_START_TIME_ASC', 'EXPECTED_START_TIME_DESC'],
  NEXT_SCHEDULED_START_TIME: ['NEXT_SCHEDULED_START_TIME_ASC', 'NEXT_SCHEDULED_START_TIME_ASC'],
  END_TIME: ['END_TIME_DESC', 'END_TIME_DESC'],
  NAME: ['NAME_ASC', 'NAME_DESC'],
} as const;

builder.queryField('flowRunPoints', (t) =>
  t.field({
    type: [FlowRunPoint],
    description: 'Flow runs as points, without all that makes them heavy.',
    args: {
      filter: t.arg({ type: FlowRunFilter, description: FILTER }),
      orderBy: t.arg({ type: [FlowRunOrder], description: ORDER }),
      first: t.arg.int({ defaultValue: MAX_PAGE, description: 'How many, at most 1000.' }),
    },
    resolve: async (_root, { filter, orderBy, first }, ctx) => {
      const [wish] = orderBy ?? [];
      const sorts = POINT_SORTS[wish?.field ?? 'EXPECTED_START_TIME'];
      return [
        ...(await readFlowRunPoints(ctx.server, {
          filter: toFilter<FlowRunFilterValue>(filter),
          sort: wish?.direction === 'ASC' ? sorts[0] : sorts[1],
          page: { limit: Math.min(1000, Math.max(0, first ?? MAX_PAGE)), offset: 0 },
        })),
      ];
    },
  }),
);
