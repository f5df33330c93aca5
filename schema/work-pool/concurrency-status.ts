import type { FlowRunFilter } from '#server/queries/filter-types.ts';

import { builder } from '../builder.ts';
import { FLOW_RUNS } from '../flow-run/list.ts';
import { FlowRunConnection } from '../flow-run/object.ts';
import { countFlowRunsOf } from '../shared/active-slots.ts';
import { resolveConnection } from '../shared/connection.ts';
import { pageArguments } from '../shared/list-arguments.ts';

interface ConcurrencyStatusShape {
  readonly limit: number | null;
  /** Admits the runs that hold a slot. */
  readonly holding: FlowRunFilter;
}

export const ConcurrencyStatus = builder
  .objectRef<ConcurrencyStatusShape>('ConcurrencyStatus')
  .implement({
    description: 'Who holds the slots of a work pool or queue.',
    fields: (t) => ({
      activeSlots: t.int({
        description: 'How many slots are held.',
        resolve: ({ holding }, _args, ctx, info) => countFlowRunsOf(ctx, info, holding),
      }),
      limit: t.exposeInt('limit', {
        nullable: true,
        description: 'How many slots there are; null is no bound.',
      }),
      flowRuns: t.field({
        type: FlowRunConnection,
        description: 'The runs that hold them.',
        args: pageArguments(),
        resolve: ({ holding }, args, ctx, info) =>
          resolveConnection(ctx, info, { source: FLOW_RUNS, args, within: holding }),
      }),
    }),
  });
