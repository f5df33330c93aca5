import { readFlowRun } from '#server/queries/flow-run/read-flow-run.ts';

import { builder } from '../builder.ts';
import { rowsByIds } from '../shared/rows-by-ids.ts';
import { storedId } from '../shared/where-unique.ts';
import { AFTER, CURSOR } from '../streams/descriptions.ts';
import { type InputBatch, followInputs } from '../streams/input-batches.ts';
import { requireFound } from '../streams/require-found.ts';
import { FLOW_RUN_INPUTS, FlowRunInput } from './run-input.ts';

const FlowRunInputBatch = builder.objectRef<InputBatch>('FlowRunInputBatch').implement({
  description: 'What was handed to a flow run together.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: CURSOR }),
    inputs: t.field({
      type: [FlowRunInput],
      description: 'What was handed over, the oldest first.',
      resolve: async ({ inputs }, _args, ctx, info) => [
        ...(await rowsByIds(ctx, info, {
          hydrate: FLOW_RUN_INPUTS.hydrate,
          ids: inputs.map(({ id }) => id),
        })),
      ],
    }),
  }),
});

builder.subscriptionField('flowRunInputs', (t) =>
  t.field({
    type: FlowRunInputBatch,
    description:
      'What is handed to a flow run: what is there, then what comes, each at least once.',
    args: {
      flowRunId: t.arg.id({ required: true, description: 'The id of the flow run.' }),
      keyPrefix: t.arg.string({ description: 'Only keys that start with this.' }),
      after: t.arg.string({ description: AFTER }),
    },
    subscribe: async (_root, { flowRunId, keyPrefix, after }, { server }) => {
      const run = requireFound('flow run', await readFlowRun(server, storedId(flowRunId)));
      return followInputs(server, {
        flowRunId: run.id,
        keyPrefix: keyPrefix ?? '',
        after: after ?? null,
      });
    },
    resolve: (batch) => batch,
  }),
);
