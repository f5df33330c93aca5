import {
  type SlotsOutcome,
  freeConcurrencySlots,
} from '#server/commands/concurrency-limit/slots.ts';
import { waitForConcurrencySlots } from '#server/commands/concurrency-limit/wait-for-slots.ts';

import { builder } from '../builder.ts';
import { InvalidInput, LimitReached } from '../errors/classes.ts';
import { defineMutation, definePayload } from '../shared/define-mutation.ts';
import { rowsByIds } from '../shared/rows-by-ids.ts';
import { requireSome, requireWithin } from './checks.ts';
import { CONCURRENCY_LIMITS } from './list.ts';
import { ConcurrencyLimit } from './object.ts';

interface Limits {
  readonly limits: readonly { readonly id: string }[];
}

export const SlotMode = builder.enumType('SlotMode', {
  description: 'How slots are meant to come back.',
  values: {
    CONCURRENCY: { description: 'Whoever took them gives them back.', value: 'concurrency' },
    RATE_LIMIT: {
      description: 'They free themselves, which only limits with a decay allow.',
      value: 'rate_limit',
    },
  } as const,
});

export const NAMES = 'The names of the limits; names without a limit are no hindrance.';
export const SLOTS = 'How many slots of each.';

/** What was taken. Throws LimitReached. */
export const requireTaken = (outcome: SlotsOutcome): SlotsOutcome & { readonly isTaken: true } => {
  if (outcome.isTaken) return outcome;
  throw new LimitReached('A concurrency limit has too few slots left.', {
    limitIds: outcome.full.map(({ id }) => id),
    retryAfterSeconds: outcome.retryAfterSeconds,
  });
};

const limitsPayload = (mutation: string) =>
  definePayload<Limits>(mutation, (t) => ({
    limits: t.field({
      type: [ConcurrencyLimit],
      description: 'The limits of these names that there are, as they are now.',
      resolve: async ({ limits }, _args, ctx, info) => [
        ...(await rowsByIds(ctx, info, {
          hydrate: CONCURRENCY_LIMITS.hydrate,
          ids: limits.map(({ id }) => id),
        })),
      ],
    }),
  }));

defineMutation('acquireConcurrencySlots', {
  description:
    'Takes slots of all the named limits, or of none of them; waits a few seconds for its turn while there are too few.',
  input: (t) => ({
    names: t.stringList({ required: true, description: NAMES }),
    slots: t.int({ required: true, description: SLOTS }),
    mode: t.field({
      type: SlotMode,
      defaultValue: 'concurrency',
      description: 'How they will come back.',
    }),
  }),
  payload: limitsPayload('acquireConcurrencySlots'),
  errors: [InvalidInput, LimitReached],
  resolve: async ({ names, slots, mode }, { server, onGone, isGone }) => {
    requireSome('names', names);
    requireWithin({ slots: { value: slots, atLeast: 1 } });
    const asked = { names, slots, mode: mode ?? 'concurrency' };
    return requireTaken(
      await waitForConcurrencySlots(server, { asked, lease: null }, { onGone, isGone }),
    );
  },
});

defineMutation('releaseConcurrencySlots', {
  description: 'Gives slots of the named limits back.',
  input: (t) => ({
    names: t.stringList({ required: true, description: NAMES }),
    slots: t.int({ required: true, description: SLOTS }),
    occupancySeconds: t.float({
      description: 'For how long they were held, from which limits learn how long a wait will be.',
    }),
  }),
  payload: limitsPayload('releaseConcurrencySlots'),
  errors: [InvalidInput],
  resolve: async ({ names, slots, occupancySeconds = null }, { server }) => {
    requireSome('names', names);
    requireWithin({
      slots: { value: slots, atLeast: 1 },
      occupancySeconds: { value: occupancySeconds, atLeast: Number.MIN_VALUE },
    });
    return { limits: await freeConcurrencySlots(server, { names, slots, occupancySeconds }) };
  },
});
