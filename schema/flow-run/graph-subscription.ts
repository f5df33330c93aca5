import { readFlowRun } from '#server/queries/flow-run/read-flow-run.ts';

import { builder } from '../builder.ts';
import { storedId } from '../shared/where-unique.ts';
import { AFTER, CURSOR } from '../streams/descriptions.ts';
import { type GraphDelta, followGraph } from '../streams/graph-deltas.ts';
import { requireFound } from '../streams/require-found.ts';
import { FlowRunGraph } from './graph.ts';

const FlowRunGraphDelta = builder.objectRef<GraphDelta>('FlowRunGraphDelta').implement({
  description: 'News of the graph of a flow run.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: CURSOR }),
    graph: t.field({
      type: FlowRunGraph,
      description:
        'The graph with the runs that changed since the last message, and with all of its artifacts and states.',
      resolve: ({ graph }) => graph,
    }),
    reset: t.exposeBoolean('reset', {
      description: 'Whether it takes the place of all that was told before.',
    }),
  }),
});

builder.subscriptionField('flowRunGraph', (t) =>
  t.field({
    type: FlowRunGraphDelta,
    description: 'The graph of a flow run: as it is now, then what changes of it.',
    args: {
      flowRunId: t.arg.id({ required: true, description: 'The id of the flow run.' }),
      after: t.arg.string({ description: AFTER }),
    },
    subscribe: async (_root, { flowRunId, after }, { server }) => {
      const run = requireFound('flow run', await readFlowRun(server, storedId(flowRunId)));
      return followGraph(server, { flowRunId: run.id, after: after ?? null });
    },
    resolve: (delta) => delta,
  }),
);
