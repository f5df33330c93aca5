import { createWorkPool } from '#server/commands/work-pool/create-work-pool.ts';
import { deleteWorkPool } from '#server/commands/work-pool/delete-work-pool.ts';
import { updateWorkPool } from '#server/commands/work-pool/update-work-pool.ts';
import type { Context } from '#server/context.ts';
import type { JsonObject } from '#server/json.ts';

import { builder } from '../builder.ts';
import { AlreadyExists, InvalidInput, NotFound, Protected } from '../errors/classes.ts';
import { defineDeletion, defineMutation, definePayload } from '../shared/define-mutation.ts';
import { WorkPoolBy } from '../shared/lookups.ts';
import { workPoolField } from '../shared/payload-fields.ts';
import { requireName } from '../shared/require-name.ts';
import { idOrName } from '../shared/where-unique.ts';

interface Identified {
  readonly id: string;
}

const WHICH = 'Which one.';

const WorkPoolStorageInput = builder.inputType('WorkPoolStorageInput', {
  description: 'Where bundles of code and results of a work pool are kept.',
  fields: (t) => ({
    bundleUploadStep: t.field({
      type: 'JSONObject',
      description: 'How a bundle is brought there.',
    }),
    bundleExecutionStep: t.field({
      type: 'JSONObject',
      description: 'How a bundle is run from there.',
    }),
    defaultResultStorageBlockId: t.id({ description: 'The id of the block for results.' }),
  }),
});

interface Storage {
  readonly bundleUploadStep?: JsonObject | null | undefined;
  readonly bundleExecutionStep?: JsonObject | null | undefined;
  readonly defaultResultStorageBlockId?: string | null | undefined;
}

const toStorage = (storage: Storage | null | undefined): JsonObject | undefined =>
  storage
    ? {
        bundle_upload_step: storage.bundleUploadStep ?? null,
        bundle_execution_step: storage.bundleExecutionStep ?? null,
        default_result_storage_block_id: storage.defaultResultStorageBlockId ?? null,
      }
    : undefined;

const nameOf = async (
  ctx: Context,
  by: { readonly id?: string | null | undefined; readonly name?: string | null | undefined },
): Promise<string> => {
  const found = await ctx.db.prisma.workPool.findUnique({
    where: idOrName(by),
    select: { name: true },
  });
  if (found !== null) return found.name;
  throw new NotFound('Work pool not found', {
    typename: 'WorkPool',
    key: by.name ?? by.id ?? '',
  });
};

defineMutation('createWorkPool', {
  description: 'Makes a work pool with its default queue.',
  input: (t) => ({
    name: t.string({ required: true, description: 'Its name.' }),
    type: t.string({ description: 'The kind of its infrastructure; `prefect-agent` without one.' }),
    description: t.string({ description: 'What it is for.' }),
    isPaused: t.boolean({ description: 'Whether it gives out no runs.' }),
    baseJobTemplate: t.field({
      type: 'JSONObject',
      description: 'What its infrastructure is made from, with the schema of its variables.',
    }),
    concurrencyLimit: t.int({ description: 'How many of its runs may go on at once.' }),
    storage: t.field({
      type: WorkPoolStorageInput,
      description: 'Where its bundles and results are kept.',
    }),
  }),
  payload: definePayload<Identified>('createWorkPool', (t) => ({ workPool: workPoolField(t) })),
  errors: [InvalidInput, AlreadyExists, Protected],
  resolve: (input, { server }) => {
    requireName(input.name);
    return createWorkPool(server, {
      name: input.name,
      type: input.type ?? undefined,
      description: input.description,
      isPaused: input.isPaused ?? undefined,
      baseJobTemplate: input.baseJobTemplate ?? undefined,
      concurrencyLimit: input.concurrencyLimit,
      storageConfiguration: toStorage(input.storage),
    });
  },
});

defineMutation('updateWorkPool', {
  description: 'Changes a work pool. What is left out stays.',
  input: (t) => ({
    workPool: t.field({ type: WorkPoolBy, required: true, description: WHICH }),
    description: t.string({ description: 'What it is for.' }),
    isPaused: t.boolean({ description: 'Whether it gives out no runs.' }),
    baseJobTemplate: t.field({
      type: 'JSONObject',
      description: 'What its infrastructure is made from, with the schema of its variables.',
    }),
    concurrencyLimit: t.int({
      description: 'How many of its runs may go on at once; null is no bound.',
    }),
    storage: t.field({
      type: WorkPoolStorageInput,
      description: 'Where its bundles and results are kept.',
    }),
  }),
  payload: definePayload<Identified>('updateWorkPool', (t) => ({ workPool: workPoolField(t) })),
  errors: [InvalidInput, NotFound, Protected],
  resolve: async (input, { server }) =>
    updateWorkPool(server, {
      name: await nameOf(server, input.workPool),
      changes: {
        description: input.description,
        isPaused: input.isPaused ?? undefined,
        baseJobTemplate: input.baseJobTemplate ?? undefined,
        concurrencyLimit: input.concurrencyLimit,
        storageConfiguration: toStorage(input.storage),
      },
    }),
});

defineDeletion('deleteWorkPool', {
  description: 'Deletes a work pool with its queues and workers.',
  input: (t) => ({ workPool: t.field({ type: WorkPoolBy, required: true, description: WHICH }) }),
  resolve: async ({ workPool }, { server }) =>
    (await deleteWorkPool(server, { name: await nameOf(server, workPool) })).id,
});

const definePausing = (name: string, description: string, isPaused: boolean): void =>
  defineMutation(name, {
    description,
    input: (t) => ({ workPool: t.field({ type: WorkPoolBy, required: true, description: WHICH }) }),
    payload: definePayload<Identified>(name, (t) => ({ workPool: workPoolField(t) })),
    errors: [NotFound],
    resolve: async ({ workPool }, { server }) =>
      updateWorkPool(server, { name: await nameOf(server, workPool), changes: { isPaused } }),
  });

definePausing('pauseWorkPool', 'Keeps a work pool from giving out runs.', true);
definePausing('resumeWorkPool', 'Lets a work pool give out runs again.', false);
