import { readFlowRunState, readTaskRunState } from '#server/queries/state/read-states.ts';

import { builder } from '../builder.ts';
import { storedId } from '../shared/where-unique.ts';
import { State, toStateShape } from './object.ts';

builder.queryField('state', (t) =>
  t.field({
    type: State,
    nullable: true,
    description: 'One state of a flow run or task run, or null.',
    args: { id: t.arg.id({ required: true, description: 'Its id.' }) },
    resolve: async (_root, { id }, { server }) => {
      const ofFlowRun = await readFlowRunState(server, storedId(id));
      if (ofFlowRun !== null) return toStateShape('flowRun', ofFlowRun);
      const ofTaskRun = await readTaskRunState(server, storedId(id));
      return ofTaskRun === null ? null : toStateShape('taskRun', ofTaskRun);
    },
  }),
);
