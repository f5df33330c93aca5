import {
  type LimitKey,
  deleteConcurrencyLimit,
  putTagLimit,
} from '#server/commands/concurrency-limit/limit-commands.ts';
import {
  type TagSlotsOutcome,
  freeTagSlots,
  resetTagLimit,
} from '#server/commands/concurrency-limit/tag-limits.ts';
import { waitForTagSlots } from '#server/commands/concurrency-limit/wait-for-slots.ts';
import { tagLimitName } from '#server/orchestration/concurrency.ts';

import type { builder } from '../builder.ts';
import { requireWithin } from '../concurrency-limit/checks.ts';
import { InvalidInput, LimitReached, NotFound } from '../errors/classes.ts';
import { defineDeletion, defineMutation, definePayload } from '../shared/define-mutation.ts';
import { TaskConcurrencyLimitBy } from '../shared/lookups.ts';
import { rowsByIds } from '../shared/rows-by-ids.ts';
import { storedId } from '../shared/where-unique.ts';
import { TASK_CONCURRENCY_LIMITS } from './list.ts';
import { TaskConcurrencyLimit } from './object.ts';

interface Identified {
  readonly id: string;
}

interface Limits {
  readonly limits: readonly Identified[];
}

type PayloadFields<Payload> = PothosSchemaTypes.ObjectFieldBuilder<
  typeof builder.$inferSchemaTypes,
  Payload
>;

const limitField = <Payload extends Identified>(t: PayloadFields<Payload>) =>
  t.prismaField({
    type: TaskConcurrencyLimit,
    description: 'The limit as it is now.',
    resolve: (query, { id }, _args, ctx) =>
      ctx.server.db.prisma.concurrencyLimitV2.findUniqueOrThrow({ ...query, where: { id } }),
  });

const limitsPayload = (mutation: string, description: string) =>
  definePayload<Limits>(mutation, (t) => ({
    limits: t.field({
      type: [TaskConcurrencyLimit],
      description,
      resolve: async ({ limits }, _args, ctx, info) => [
        ...(await rowsByIds(ctx, info, {
          hydrate: TASK_CONCURRENCY_LIMITS.hydrate,
          ids: limits.map(({ id }) => id),
        })),
      ],
    }),
  }));

defineMutation('createTaskConcurrencyLimit', {
  description: 'Sets how many task runs with a tag may go on at once.',
  input: (t) => ({
    tag: t.string({ required: true, description: 'The tag.' }),
    limit: t.int({ required: true, description: 'How many; with 0 none starts at all.' }),
  }),
  payload: definePayload<Identified & { readonly created: boolean }>(
    'createTaskConcurrencyLimit',
    (t) => ({
      taskConcurrencyLimit: limitField(t),
      created: t.exposeBoolean('created', {
        description: 'Whether the tag had no limit before.',
      }),
    }),
  ),
  errors: [InvalidInput],
  resolve: async (input, { server }) => {
    requireWithin({ limit: { value: input.limit, atLeast: 0 } });
    const { limit, isCreated } = await putTagLimit(server, input);
    return { id: limit.id, created: isCreated };
  },
});

defineDeletion('deleteTaskConcurrencyLimit', {
  description: 'Lets any number of task runs with a tag go on at once.',
  input: (t) => ({
    taskConcurrencyLimit: t.field({
      type: TaskConcurrencyLimitBy,
      required: true,
      description: 'Which one.',
    }),
  }),
  resolve: async ({ taskConcurrencyLimit: { id, tag } }, { server }) => {
    const key: LimitKey = id ? { id: storedId(id) } : { name: tagLimitName(tag ?? '') };
    return (await deleteConcurrencyLimit(server, key)).id;
  },
});

defineMutation('resetTaskConcurrencyLimit', {
  description: 'Takes all slots of a tag from those that hold them.',
  input: (t) => ({
    tag: t.string({ required: true, description: 'The tag.' }),
    slotOverride: t.idList({ description: 'The ids of the task runs that hold its slots then.' }),
  }),
  payload: definePayload<Identified>('resetTaskConcurrencyLimit', (t) => ({
    taskConcurrencyLimit: limitField(t),
  })),
  errors: [InvalidInput, NotFound],
  resolve: ({ tag, slotOverride }, { server }) =>
    resetTagLimit(server, { tag, taskRunIds: (slotOverride ?? []).map(storedId) }),
});

const requireTaken = (
  outcome: TagSlotsOutcome & { readonly retryAfterSeconds: number },
): Limits => {
  if (outcome.kind === 'taken') return outcome;
  const isFull = outcome.kind === 'full';
  throw new LimitReached(
    isFull
      ? `As many task runs with the tag ${outcome.tag} go on as may.`
      : `No task run with the tag ${outcome.tag} may go on, ever.`,
    {
      limitIds: outcome.limits.map(({ id }) => id),
      retryAfterSeconds: isFull ? outcome.retryAfterSeconds : null,
    },
  );
};

defineMutation('incrementTaskConcurrencyLimits', {
  description: 'Takes a slot of the limit of each of the tags for a task run, or none at all.',
  input: (t) => ({
    tags: t.stringList({ required: true, description: 'The tags.' }),
    taskRunId: t.id({ required: true, description: 'The id of the task run.' }),
  }),
  payload: limitsPayload('incrementTaskConcurrencyLimits', 'The limits of which it holds a slot.'),
  errors: [InvalidInput, LimitReached],
  resolve: async ({ tags, taskRunId }, { server, onGone, isGone }) =>
    requireTaken(
      await waitForTagSlots(server, { tags, taskRunId: storedId(taskRunId) }, { onGone, isGone }),
    ),
});

defineMutation('decrementTaskConcurrencyLimits', {
  description: 'Gives back what a task run holds of the limits of the tags.',
  input: (t) => ({
    tags: t.stringList({ required: true, description: 'The tags.' }),
    taskRunId: t.id({ required: true, description: 'The id of the task run.' }),
  }),
  payload: limitsPayload('decrementTaskConcurrencyLimits', 'The limits of the tags.'),
  errors: [InvalidInput],
  resolve: async ({ tags, taskRunId }, { server }) => ({
    limits: await freeTagSlots(server, { tags, taskRunId: storedId(taskRunId) }),
  }),
});
