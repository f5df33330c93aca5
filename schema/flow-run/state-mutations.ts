import { resumeFlowRun } from '#server/commands/flow-run/resume-flow-run.ts';
import { runInputRules } from '#server/commands/flow-run/run-input-rules.ts';
import {
  type SteerFlowRun,
  cancelFlowRun,
  retryFlowRun,
  suspendFlowRun,
} from '#server/commands/flow-run/steer-flow-run.ts';
import type { Context } from '#server/context.ts';
import type { FlowRunTransition } from '#server/orchestration/flow-run-transition.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';

import { Conflict, InvalidInput, NotFound, ParameterSchemaMismatch } from '../errors/classes.ts';
import { defineMutation, definePayload } from '../shared/define-mutation.ts';
import { flowRunField } from '../shared/payload-fields.ts';
import { storedId } from '../shared/where-unique.ts';
import { type DecisionShape, decisionFields, toDecision } from '../state/decision.ts';
import { StateInput, toProposedState } from '../state/input.ts';

const definePayloadOf = (mutation: string) =>
  definePayload<DecisionShape>(mutation, (t) => ({
    flowRun: flowRunField(t),
    ...decisionFields(t),
  }));

defineMutation('setFlowRunState', {
  description:
    'Proposes a state for a flow run. What orchestration decides is data, never an error.',
  input: (t) => ({
    id: t.id({ required: true, description: 'The id of the flow run.' }),
    state: t.field({ type: StateInput, required: true, description: 'The proposed state.' }),
    force: t.boolean({
      defaultValue: false,
      description: 'Whether to leave out all rules but those that protect what cannot be had back.',
    }),
  }),
  payload: definePayloadOf('setFlowRunState'),
  errors: [InvalidInput, NotFound],
  resolve: async ({ id, state, force }, { server }) =>
    toDecision(
      'flowRun',
      await setFlowRunState(server, {
        flowRunId: storedId(id),
        proposed: toProposedState(state),
        force: force ?? false,
      }),
    ),
});

defineMutation('resumeFlowRun', {
  description: 'Lets a paused flow run go on.',
  input: (t) => ({
    id: t.id({ required: true, description: 'The id of the flow run.' }),
    runInput: t.field({ type: 'JSONObject', description: 'The input that it waits for.' }),
  }),
  payload: definePayloadOf('resumeFlowRun'),
  errors: [InvalidInput, NotFound, ParameterSchemaMismatch],
  resolve: async ({ id, runInput }, { server }) =>
    toDecision(
      'flowRun',
      await resumeFlowRun(server, {
        flowRunId: storedId(id),
        runInput: runInput ?? null,
        rules: runInputRules,
      }),
    ),
});

const defineSteering = (
  name: string,
  description: string,
  steer: (ctx: Context, input: SteerFlowRun) => Promise<FlowRunTransition>,
): void =>
  defineMutation(name, {
    description,
    input: (t) => ({
      id: t.id({ required: true, description: 'The id of the flow run.' }),
      message: t.string({ description: 'Why, in words.' }),
    }),
    payload: definePayloadOf(name),
    errors: [InvalidInput, NotFound, Conflict],
    resolve: async ({ id, message }, { server }) =>
      toDecision(
        'flowRun',
        await steer(server, { flowRunId: storedId(id), message: message ?? null }),
      ),
  });

defineSteering(
  'cancelFlowRun',
  'Asks for the end of a flow run; one that runs nowhere is cancelled at once.',
  cancelFlowRun,
);
defineSteering(
  'suspendFlowRun',
  'Stops a running flow run of a deployment until it is resumed.',
  suspendFlowRun,
);
defineSteering(
  'retryFlowRun',
  'Lets a flow run that has ended be run once more by its deployment.',
  retryFlowRun,
);
