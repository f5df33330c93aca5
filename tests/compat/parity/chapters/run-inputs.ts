import { need } from '../call.ts';
import { FLOW_RUN_INPUT } from '../entities.ts';
import type { Chapter } from '../step.ts';
import { many, value } from '../view.ts';

const VALUE = { approved: true, by: ['a', 1] };

export const runInputs: Chapter = {
  name: 'inputs of flow runs',
  steps: [
    {
      rest: 'POST /flow_runs/{id}/input',
      graphql: 'createFlowRunInput',
      call: (found) => {
        const id = need(found, 'run');
        const shared = { key: 'approval-1', sender: 'prefect.flow-run.x' };
        return {
          path: { id },
          body: { ...shared, value: JSON.stringify(VALUE) },
          input: { flowRunId: id, ...shared, value: VALUE },
        };
      },
    },
    {
      rest: 'GET /flow_runs/{id}/input/{key}',
      graphql: 'flowRun',
      call: (found) => {
        const id = need(found, 'run');
        return {
          path: { id, key: 'approval-1' },
          args: { id },
          select: 'input(key: "approval-1") { value }',
        };
      },
      compare: {
        ...value('input.value'),
        // The value as it was sent, which is JSON.
        rest: (answer) => (typeof answer === 'string' ? JSON.parse(answer) : answer),
      },
    },
    {
      rest: 'POST /flow_runs/{id}/input/filter',
      graphql: 'flowRun',
      call: (found) => {
        const id = need(found, 'run');
        return {
          path: { id },
          body: { prefix: 'approval', limit: 5 },
          args: { id },
          select: `inputs(prefix: "approval", first: 5) { nodes { ${FLOW_RUN_INPUT.selection} } }`,
        };
      },
      compare: many(FLOW_RUN_INPUT, 'inputs.nodes'),
    },
    {
      rest: 'DELETE /flow_runs/{id}/input/{key}',
      graphql: 'deleteFlowRunInput',
      call: (found) => {
        const id = need(found, 'run');
        return { path: { id, key: 'approval-1' }, input: { flowRunId: id, key: 'approval-1' } };
      },
    },
  ],
};
