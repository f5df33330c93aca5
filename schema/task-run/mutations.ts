import { requireWithinBounds } from '#server/commands/bounds.ts';
import { createTaskRun } from '#server/commands/task-run/create-task-run.ts';
import { deleteTaskRun } from '#server/commands/task-run/delete-task-run.ts';
import { updateTaskRun } from '#server/commands/task-run/update-task-run.ts';
import { setTaskRunState } from '#server/orchestration/set-task-run-state.ts';

import { InvalidInput, NotFound } from '../errors/classes.ts';
import { defineDeletion, defineMutation, definePayload } from '../shared/define-mutation.ts';
import { given } from '../shared/given.ts';
import { taskRunField } from '../shared/payload-fields.ts';
import { RunPolicyInput, toTaskRunPolicy } from '../shared/run-policy-input.ts';
import { storedId } from '../shared/where-unique.ts';
import { type DecisionShape, decisionFields, toDecision } from '../state/decision.ts';
import { StateInput, toProposedState } from '../state/input.ts';

interface Identified {
  readonly id: string;
}

const Created = definePayload<Identified & { readonly created: boolean }>('createTaskRun', (t) => ({
  taskRun: taskRunField(t),
  created: t.exposeBoolean('created', {
    description: 'Whether it was made now; else its flow run had one of these keys.',
  }),
}));

defineMutation('createTaskRun', {
  description: 'Makes a run of a task.',
  input: (t) => ({
    id: t.id({ description: 'Its id; one is made without.' }),
    flowRunId: t.id({ description: 'The id of the flow run it is part of.' }),
    taskKey: t.string({ required: true, description: 'What names its task.' }),
    dynamicKey: t.string({
      required: true,
      description: 'What tells it from other runs of its task in the same flow run.',
    }),
    name: t.string({ description: 'Its name; one is made up without.' }),
    cacheKey: t.string({ description: 'The key under which its result is kept for others.' }),
    cacheExpiration: t.field({
      type: 'DateTime',
      description: 'Until when that result is good.',
    }),
    taskVersion: t.string({ description: 'The version of its task.' }),
    policy: t.field({ type: RunPolicyInput, description: 'How it is retried.' }),
    tags: t.stringList({ description: 'Its tags.' }),
    labels: t.field({ type: 'JSONObject', description: 'Its labels.' }),
    taskInputs: t.field({ type: 'JSONObject', description: 'Where its parameters came from.' }),
    state: t.field({ type: StateInput, description: 'The state it starts in.' }),
  }),
  payload: Created,
  errors: [InvalidInput, NotFound],
  resolve: async (input, { server }) => {
    requireWithinBounds(server.settings, input);
    const { taskRun, created } = await createTaskRun(server, {
      taskKey: input.taskKey,
      dynamicKey: input.dynamicKey,
      state: input.state ? toProposedState(input.state) : null,
      ...given({
        id: input.id ? storedId(input.id) : undefined,
        flowRunId: input.flowRunId ? storedId(input.flowRunId) : undefined,
        name: input.name,
        cacheKey: input.cacheKey,
        cacheExpiration: input.cacheExpiration,
        taskVersion: input.taskVersion,
        empiricalPolicy: input.policy ? toTaskRunPolicy(input.policy) : undefined,
        tags: input.tags ?? undefined,
        labels: input.labels ?? undefined,
        taskInputs: input.taskInputs ?? undefined,
      }),
    });
    return { id: taskRun.id, created };
  },
});

defineMutation('updateTaskRun', {
  description: 'Renames a task run.',
  input: (t) => ({
    id: t.id({ required: true, description: 'Its id.' }),
    name: t.string({ description: 'Its name.' }),
  }),
  payload: definePayload<Identified>('updateTaskRun', (t) => ({ taskRun: taskRunField(t) })),
  errors: [InvalidInput, NotFound],
  resolve: ({ id, name }, { server }) =>
    updateTaskRun(server, { taskRunId: storedId(id), ...given({ name }) }),
});

defineDeletion('deleteTaskRun', {
  description: 'Deletes a task run with its states and log.',
  input: (t) => ({ id: t.id({ required: true, description: 'Its id.' }) }),
  resolve: async ({ id }, { server }) => {
    await deleteTaskRun(server, { taskRunId: storedId(id) });
    return storedId(id);
  },
});

defineMutation('setTaskRunState', {
  description:
    'Proposes a state for a task run. What orchestration decides is data, never an error.',
  input: (t) => ({
    id: t.id({ required: true, description: 'The id of the task run.' }),
    state: t.field({ type: StateInput, required: true, description: 'The proposed state.' }),
    force: t.boolean({
      defaultValue: false,
      description: 'Whether to leave out all rules but those that protect what cannot be had back.',
    }),
  }),
  payload: definePayload<DecisionShape>('setTaskRunState', (t) => ({
    taskRun: taskRunField(t),
    ...decisionFields(t),
  })),
  errors: [InvalidInput, NotFound],
  resolve: async ({ id, state, force }, { server }) =>
    toDecision(
      'taskRun',
      await setTaskRunState(server, {
        taskRunId: storedId(id),
        proposed: toProposedState(state),
        force: force ?? false,
      }),
    ),
});
