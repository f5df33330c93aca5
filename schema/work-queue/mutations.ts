import { createWorkQueue } from '#server/commands/work-queue/create-work-queue.ts';
import { deleteWorkQueue } from '#server/commands/work-queue/delete-work-queue.ts';
import {
  DEFAULT_AGENT_POOL,
  createAgentWorkQueue,
} from '#server/commands/work-queue/resolve-work-queue.ts';
import { updateWorkQueue } from '#server/commands/work-queue/update-work-queue.ts';
import type { Context } from '#server/context.ts';

import { AlreadyExists, InvalidInput, NotFound } from '../errors/classes.ts';
import { defineDeletion, defineMutation, definePayload } from '../shared/define-mutation.ts';
import { WorkPoolBy, WorkQueueBy } from '../shared/lookups.ts';
import { workQueueField } from '../shared/payload-fields.ts';
import { requireName } from '../shared/require-name.ts';
import { idOrName, workQueueWhere } from '../shared/where-unique.ts';

interface Identified {
  readonly id: string;
}

const WHICH = 'Which one.';

const idOf = async (ctx: Context, by: Parameters<typeof workQueueWhere>[0]): Promise<string> => {
  const found = await ctx.db.prisma.workQueue.findFirst({
    where: workQueueWhere(by),
    select: { id: true },
  });
  if (found !== null) return found.id;
  const key = by.name ? `${by.name.workPool}/${by.name.name}` : (by.id ?? '');
  throw new NotFound('Work queue not found', { typename: 'WorkQueue', key });
};

const poolNameOf = async (ctx: Context, by: Parameters<typeof idOrName>[0]): Promise<string> => {
  if (by.name) return by.name;
  const pool = await ctx.db.prisma.workPool.findUnique({
    where: idOrName(by),
    select: { name: true },
  });
  if (pool !== null) return pool.name;
  throw new NotFound('Work pool not found', { typename: 'WorkPool', key: by.id ?? '' });
};

defineMutation('createWorkQueue', {
  description: 'Makes a queue in a work pool.',
  input: (t) => ({
    workPool: t.field({
      type: WorkPoolBy,
      description: `The work pool; \`${DEFAULT_AGENT_POOL}\` without one.`,
    }),
    name: t.string({ required: true, description: 'Its name.' }),
    description: t.string({ description: 'What it is for.' }),
    isPaused: t.boolean({ description: 'Whether it gives out no runs.' }),
    concurrencyLimit: t.int({ description: 'How many of its runs may go on at once.' }),
    priority: t.int({ description: 'Its place among the queues; 1 is first.' }),
    legacyFilter: t.field({ type: 'JSONObject', description: 'What queues of old chose runs by.' }),
  }),
  payload: definePayload<Identified>('createWorkQueue', (t) => ({ workQueue: workQueueField(t) })),
  errors: [InvalidInput, NotFound, AlreadyExists],
  resolve: async (input, { server }) => {
    requireName(input.name);
    const queue = {
      name: input.name,
      description: input.description ?? undefined,
      isPaused: input.isPaused ?? undefined,
      concurrencyLimit: input.concurrencyLimit,
      priority: input.priority,
      filter: input.legacyFilter,
    };
    if (!input.workPool) return createAgentWorkQueue(server, queue);
    return createWorkQueue(server, {
      ...queue,
      workPoolName: await poolNameOf(server, input.workPool),
    });
  },
});

defineMutation('updateWorkQueue', {
  description: 'Changes a work queue. What is left out stays.',
  input: (t) => ({
    workQueue: t.field({ type: WorkQueueBy, required: true, description: WHICH }),
    name: t.string({ description: 'Its name.' }),
    description: t.string({ description: 'What it is for.' }),
    isPaused: t.boolean({ description: 'Whether it gives out no runs.' }),
    concurrencyLimit: t.int({
      description: 'How many of its runs may go on at once; null is no bound.',
    }),
    priority: t.int({ description: 'Its place among the queues; 1 is first.' }),
    legacyFilter: t.field({ type: 'JSONObject', description: 'What queues of old chose runs by.' }),
  }),
  payload: definePayload<Identified>('updateWorkQueue', (t) => ({ workQueue: workQueueField(t) })),
  errors: [InvalidInput, NotFound, AlreadyExists],
  resolve: async (input, { server }) => {
    if (input.name) requireName(input.name);
    return updateWorkQueue(server, {
      id: await idOf(server, input.workQueue),
      changes: {
        name: input.name ?? undefined,
        description: input.description ?? undefined,
        isPaused: input.isPaused ?? undefined,
        concurrencyLimit: input.concurrencyLimit,
        priority: input.priority ?? undefined,
        filter: input.legacyFilter,
      },
    });
  },
});

defineDeletion('deleteWorkQueue', {
  description: 'Deletes a work queue; the default queue of a pool goes only with it.',
  input: (t) => ({ workQueue: t.field({ type: WorkQueueBy, required: true, description: WHICH }) }),
  resolve: async ({ workQueue }, { server }) =>
    (await deleteWorkQueue(server, { id: await idOf(server, workQueue) })).id,
});

const definePausing = (name: string, description: string, isPaused: boolean): void =>
  defineMutation(name, {
    description,
    input: (t) => ({
      workQueue: t.field({ type: WorkQueueBy, required: true, description: WHICH }),
    }),
    payload: definePayload<Identified>(name, (t) => ({ workQueue: workQueueField(t) })),
    errors: [NotFound],
    resolve: async ({ workQueue }, { server }) =>
      updateWorkQueue(server, { id: await idOf(server, workQueue), changes: { isPaused } }),
  });

definePausing('pauseWorkQueue', 'Keeps a work queue from giving out runs.', true);
definePausing('resumeWorkQueue', 'Lets a work queue give out runs again.', false);
