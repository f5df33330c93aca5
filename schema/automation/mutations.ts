import type { DefinitionFault } from '#server/automations/definition/check.ts';
import { createAutomation } from '#server/commands/automation/create-automation.ts';
import {
  deleteAutomation,
  deleteAutomationsOwnedBy,
} from '#server/commands/automation/delete-automation.ts';
import {
  setAutomationEnabled,
  updateAutomation,
} from '#server/commands/automation/update-automation.ts';
import { isServerError } from '#server/errors.ts';

import { builder } from '../builder.ts';
import { InvalidInput, NotFound } from '../errors/classes.ts';
import { BulkDeleteResult } from '../shared/define-bulk-deletion.ts';
import { defineDeletion, defineMutation, definePayload } from '../shared/define-mutation.ts';
import { automationField } from '../shared/payload-fields.ts';
import { storedId } from '../shared/where-unique.ts';
import { AutomationActionInput, toActions } from './action-input.ts';
import { toInputPath } from './input-path.ts';
import { TriggerInput, toTrigger } from './trigger-input.ts';

interface Identified {
  readonly id: string;
}

const isFaultList = (value: unknown): value is readonly DefinitionFault[] => Array.isArray(value);

/** Says what is wrong with an automation in the names of the input that it was made of. */
const inInputWords = async <T>(
  work: Promise<T>,
  pathOf: (path: DefinitionFault['path']) => readonly string[],
): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    if (!isServerError(error, 'INVALID') || !isFaultList(error.details['issues'])) throw error;
    const issues = error.details['issues'].map(({ message, path }) => ({
      message,
      path: pathOf(path),
    }));
    throw new InvalidInput(error.message, issues);
  }
};

const ON_TRIGGER = 'What it does as well when it begins to be triggered.';
const ON_RESOLVE = 'What it does as well when it is no longer triggered.';

defineMutation('createAutomation', {
  description: 'Makes an automation.',
  input: (t) => ({
    name: t.string({ required: true, description: 'Its name.' }),
    description: t.string({ description: 'What it is for.' }),
    enabled: t.boolean({ description: 'Whether it is switched on; it is without a word.' }),
    tags: t.stringList({ description: 'Its tags.' }),
    trigger: t.field({ type: TriggerInput, required: true, description: 'What it waits for.' }),
    actions: t.field({
      type: [AutomationActionInput],
      required: true,
      description: 'What it does when it fires.',
    }),
    actionsOnTrigger: t.field({ type: [AutomationActionInput], description: ON_TRIGGER }),
    actionsOnResolve: t.field({ type: [AutomationActionInput], description: ON_RESOLVE }),
    ownerResource: t.string({
      description:
        'The resource that it belongs to and goes with, such as `prefect.deployment.<id>`.',
    }),
  }),
  payload: definePayload<Identified>('createAutomation', (t) => ({
    automation: automationField(t),
  })),
  errors: [InvalidInput, NotFound],
  resolve: async (input, { server }) => {
    const made = {
      name: input.name,
      description: input.description ?? '',
      enabled: input.enabled ?? true,
      tags: input.tags ?? [],
      trigger: toTrigger(input.trigger),
      actions: toActions(input.actions, 'actions'),
      actions_on_trigger: toActions(input.actionsOnTrigger ?? [], 'actionsOnTrigger'),
      actions_on_resolve: toActions(input.actionsOnResolve ?? [], 'actionsOnResolve'),
      ownerResource: input.ownerResource ?? null,
    };
    return inInputWords(createAutomation(server, made), (path) => toInputPath(made, path));
  },
});

defineMutation('updateAutomation', {
  description: 'Replaces an automation. What is optional and left out stays.',
  input: (t) => ({
    id: t.id({ required: true, description: 'Its id.' }),
    name: t.string({ required: true, description: 'Its name.' }),
    description: t.string({ description: 'What it is for.' }),
    enabled: t.boolean({ description: 'Whether it is switched on.' }),
    tags: t.stringList({ description: 'Its tags.' }),
    trigger: t.field({ type: TriggerInput, required: true, description: 'What it waits for.' }),
    actions: t.field({
      type: [AutomationActionInput],
      required: true,
      description: 'What it does when it fires.',
    }),
    actionsOnTrigger: t.field({ type: [AutomationActionInput], description: ON_TRIGGER }),
    actionsOnResolve: t.field({ type: [AutomationActionInput], description: ON_RESOLVE }),
  }),
  payload: definePayload<Identified>('updateAutomation', (t) => ({
    automation: automationField(t),
  })),
  errors: [InvalidInput, NotFound],
  resolve: async ({ id, actionsOnTrigger, actionsOnResolve, ...input }, { server }) => {
    const read = (some: typeof actionsOnTrigger, list: string) =>
      some ? toActions(some, list) : undefined;
    const replacement = {
      name: input.name,
      description: input.description ?? undefined,
      enabled: input.enabled ?? undefined,
      tags: input.tags ?? undefined,
      trigger: toTrigger(input.trigger),
      actions: toActions(input.actions, 'actions'),
      actions_on_trigger: read(actionsOnTrigger, 'actionsOnTrigger'),
      actions_on_resolve: read(actionsOnResolve, 'actionsOnResolve'),
    };
    return inInputWords(updateAutomation(server, { id: storedId(id), replacement }), (path) =>
      toInputPath(replacement, path),
    );
  },
});

defineMutation('setAutomationEnabled', {
  description: 'Switches an automation on or off.',
  input: (t) => ({
    id: t.id({ required: true, description: 'Its id.' }),
    enabled: t.boolean({ required: true, description: 'Whether it is to be on.' }),
  }),
  payload: definePayload<Identified>('setAutomationEnabled', (t) => ({
    automation: automationField(t),
  })),
  errors: [InvalidInput, NotFound],
  resolve: ({ id, enabled }, { server }) =>
    inInputWords(setAutomationEnabled(server, { id: storedId(id), enabled }), () => ['enabled']),
});

defineDeletion('deleteAutomation', {
  description: 'Deletes an automation.',
  input: (t) => ({ id: t.id({ required: true, description: 'Its id.' }) }),
  resolve: async ({ id }, { server }) => (await deleteAutomation(server, storedId(id))).id,
});

const OwnerInput = builder.inputType('DeleteAutomationsOwnedByInput', {
  description: 'What `deleteAutomationsOwnedBy` is done with.',
  fields: (t) => ({
    resourceId: t.string({
      required: true,
      description: 'The resource that they belong to, such as `prefect.deployment.<id>`.',
    }),
  }),
});

builder.mutationField('deleteAutomationsOwnedBy', (t) =>
  t.field({
    type: BulkDeleteResult,
    description: 'Deletes the automations that belong to a resource.',
    args: { input: t.arg({ type: OwnerInput, required: true, description: 'Whose.' }) },
    resolve: async (_root, { input: { resourceId } }, { server }) => ({
      deletedIds: await deleteAutomationsOwnedBy(server, resourceId),
      hasMore: false,
    }),
  }),
);
