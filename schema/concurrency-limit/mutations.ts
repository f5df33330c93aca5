import {
  createConcurrencyLimit,
  deleteConcurrencyLimit,
  updateConcurrencyLimit,
} from '#server/commands/concurrency-limit/limit-commands.ts';

import type { builder } from '../builder.ts';
import { AlreadyExists, InvalidInput, NotFound } from '../errors/classes.ts';
import { defineDeletion, defineMutation, definePayload } from '../shared/define-mutation.ts';
import { given } from '../shared/given.ts';
import { ConcurrencyLimitBy } from '../shared/lookups.ts';
import { concurrencyLimitField } from '../shared/payload-fields.ts';
import { requireName } from '../shared/require-name.ts';
import { idOrName } from '../shared/where-unique.ts';
import { requireWithin } from './checks.ts';

interface Identified {
  readonly id: string;
}

type InputFields = PothosSchemaTypes.InputFieldBuilder<
  typeof builder.$inferSchemaTypes,
  'InputObject'
>;

const optionalFields = (t: InputFields) => ({
  active: t.boolean({ description: 'Whether it bounds anything.' }),
  activeSlots: t.int({ description: 'How many slots are taken.' }),
  deniedSlots: t.int({ description: 'How many slots were asked for in vain.' }),
  slotDecayPerSecond: t.float({
    description: 'How many taken slots free themselves in a second; above zero it is one of rate.',
  }),
});

interface Numbers {
  readonly limit?: number | null | undefined;
  readonly active?: boolean | null | undefined;
  readonly activeSlots?: number | null | undefined;
  readonly deniedSlots?: number | null | undefined;
  readonly slotDecayPerSecond?: number | null | undefined;
}

const requireNumbers = (input: Numbers): void =>
  requireWithin({
    limit: { value: input.limit, atLeast: 0 },
    activeSlots: { value: input.activeSlots, atLeast: 0 },
    deniedSlots: { value: input.deniedSlots, atLeast: 0 },
    slotDecayPerSecond: { value: input.slotDecayPerSecond, atLeast: 0 },
  });

const toFields = ({ active, activeSlots, deniedSlots, slotDecayPerSecond }: Numbers) =>
  given({
    active: active ?? undefined,
    activeSlots: activeSlots ?? undefined,
    deniedSlots: deniedSlots ?? undefined,
    slotDecayPerSecond: slotDecayPerSecond ?? undefined,
  });

defineMutation('createConcurrencyLimit', {
  description: 'Makes a concurrency limit.',
  input: (t) => ({
    name: t.string({ required: true, description: 'Its name.' }),
    limit: t.int({ required: true, description: 'How many slots there are.' }),
    ...optionalFields(t),
  }),
  payload: definePayload<Identified>('createConcurrencyLimit', (t) => ({
    concurrencyLimit: concurrencyLimitField(t),
  })),
  errors: [InvalidInput, AlreadyExists],
  resolve: async ({ name, limit, ...input }, { server }) => {
    requireName(name);
    requireNumbers({ limit, ...input });
    return createConcurrencyLimit(server, { name, limit, ...toFields(input) });
  },
});

defineMutation('updateConcurrencyLimit', {
  description: 'Changes a concurrency limit. What is left out stays.',
  input: (t) => ({
    concurrencyLimit: t.field({
      type: ConcurrencyLimitBy,
      required: true,
      description: 'Which one.',
    }),
    name: t.string({ description: 'Its name.' }),
    limit: t.int({ description: 'How many slots there are.' }),
    ...optionalFields(t),
  }),
  payload: definePayload<Identified>('updateConcurrencyLimit', (t) => ({
    concurrencyLimit: concurrencyLimitField(t),
  })),
  errors: [InvalidInput, NotFound, AlreadyExists],
  resolve: async ({ concurrencyLimit, name, limit, ...input }, { server }) => {
    if (name !== null && name !== undefined) requireName(name);
    requireNumbers({ limit, ...input });
    return updateConcurrencyLimit(server, {
      key: idOrName(concurrencyLimit),
      changes: {
        ...given({ name: name ?? undefined, limit: limit ?? undefined }),
        ...toFields(input),
      },
    });
  },
});

defineDeletion('deleteConcurrencyLimit', {
  description: 'Deletes a concurrency limit.',
  input: (t) => ({
    concurrencyLimit: t.field({
      type: ConcurrencyLimitBy,
      required: true,
      description: 'Which one.',
    }),
  }),
  resolve: async ({ concurrencyLimit }, { server }) =>
    (await deleteConcurrencyLimit(server, idOrName(concurrencyLimit))).id,
});
