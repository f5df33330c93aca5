import { queryFromInfo } from '@pothos/plugin-prisma';

import { readRunsOfStates } from '#server/queries/state/read-runs-of-states.ts';

import { builder } from '../builder.ts';
import { FLOW_RUNS } from '../flow-run/list.ts';
import { batched } from '../shared/batch.ts';
import type { Typed } from '../shared/interfaces.ts';
import { Run } from '../shared/run.ts';
import { TASK_RUNS } from '../task-run/list.ts';
import { State } from './object.ts';

builder.objectField(State, 'run', (t) =>
  t.field({
    type: Run,
    nullable: true,
    description: 'The run that entered it; null when it is gone.',
    resolve: ({ id, runKind }, _args, ctx, info) => {
      const { typeName, hydrate } = runKind === 'flowRun' ? FLOW_RUNS : TASK_RUNS;
      // Asked for by each state of a list, although one of them reads for all: the plugin notes for each what was read.
      const selection = queryFromInfo({ context: ctx, info, typeName });
      return batched<string, Typed | null>(ctx, info, {
        key: id,
        purpose: typeName,
        load: async (ids) => {
          const runIds = await readRunsOfStates(ctx.server, runKind, ids);
          const runs = await hydrate(ctx.server, [...new Set(runIds.values())], selection);
          return ids.map((each) => {
            const run = runs.get(runIds.get(each) ?? '');
            return run === undefined ? null : { ...run, __typename: typeName };
          });
        },
      });
    },
  }),
);
