import {
  freeConcurrencyLease,
  renewConcurrencyLease,
} from '#server/commands/concurrency-limit/slots.ts';
import { waitForConcurrencySlots } from '#server/commands/concurrency-limit/wait-for-slots.ts';

import { builder } from '../builder.ts';
import { requireSome, requireWithin } from '../concurrency-limit/checks.ts';
import { NAMES, SLOTS, SlotMode, requireTaken } from '../concurrency-limit/slot-mutations.ts';
import { InvalidInput, LeaseExpired, LimitReached } from '../errors/classes.ts';
import { defineMutation, definePayload } from '../shared/define-mutation.ts';
import { concurrencyLeaseField } from '../shared/payload-fields.ts';
import { storedId } from '../shared/where-unique.ts';
import { LeaseHolderType } from './holder.ts';

const MINIMUM_SECONDS = 60;
const MAXIMUM_SECONDS = 86_400;

const LEASE_SECONDS = `For how long, unless it is renewed: ${MINIMUM_SECONDS} to ${MAXIMUM_SECONDS} seconds.`;

interface Identified {
  readonly id: string;
}

const LeaseHolderInput = builder.inputType('LeaseHolderInput', {
  description: 'Who holds slots.',
  fields: (t) => ({
    type: t.field({ type: LeaseHolderType, required: true, description: 'What kind of thing.' }),
    id: t.id({ required: true, description: 'Its id.' }),
  }),
});

const requireSeconds = (leaseSeconds: number): void =>
  requireWithin({
    leaseSeconds: { value: leaseSeconds, atLeast: MINIMUM_SECONDS, atMost: MAXIMUM_SECONDS },
  });

defineMutation('acquireConcurrencyLease', {
  description:
    'Takes slots of all the named limits, or of none of them, after a wait of a few seconds at most; they come back by themselves unless the lease is renewed.',
  input: (t) => ({
    names: t.stringList({ required: true, description: NAMES }),
    slots: t.int({ required: true, description: SLOTS }),
    mode: t.field({
      type: SlotMode,
      defaultValue: 'concurrency',
      description: 'How they will come back.',
    }),
    leaseSeconds: t.float({ required: true, description: LEASE_SECONDS }),
    holder: t.field({ type: LeaseHolderInput, description: 'Who will hold them.' }),
  }),
  payload: definePayload<Identified>('acquireConcurrencyLease', (t) => ({
    lease: concurrencyLeaseField(t),
  })),
  errors: [InvalidInput, LimitReached],
  resolve: async ({ names, slots, mode, leaseSeconds, holder }, { server, onGone, isGone }) => {
    requireSome('names', names);
    requireWithin({ slots: { value: slots, atLeast: 1 } });
    requireSeconds(leaseSeconds);
    const asked = { names, slots, mode: mode ?? 'concurrency' };
    const lease = {
      seconds: leaseSeconds,
      holder: holder ? { type: holder.type, id: storedId(holder.id) } : null,
    };
    const outcome = await waitForConcurrencySlots(server, { asked, lease }, { onGone, isGone });
    return { id: requireTaken(outcome).leaseId ?? '' };
  },
});

defineMutation('renewConcurrencyLease', {
  description: 'Puts off the end of a lease.',
  input: (t) => ({
    leaseId: t.id({ required: true, description: 'The id of the lease.' }),
    leaseSeconds: t.float({ required: true, description: LEASE_SECONDS }),
  }),
  payload: definePayload<Identified>('renewConcurrencyLease', (t) => ({
    lease: concurrencyLeaseField(t),
  })),
  errors: [InvalidInput, LeaseExpired],
  resolve: async ({ leaseId, leaseSeconds: seconds }, { server }) => {
    requireSeconds(seconds);
    const id = storedId(leaseId);
    if (await renewConcurrencyLease(server, { leaseId: id, seconds })) return { id };
    throw new LeaseExpired(leaseId);
  },
});

defineMutation('releaseConcurrencyLease', {
  description: 'Gives back what a lease holds.',
  input: (t) => ({ leaseId: t.id({ required: true, description: 'The id of the lease.' }) }),
  payload: definePayload<{ readonly releasedLeaseId: string }>('releaseConcurrencyLease', (t) => ({
    releasedLeaseId: t.exposeID('releasedLeaseId', { description: 'The id of the lease.' }),
  })),
  errors: [LeaseExpired],
  resolve: async ({ leaseId }, { server }) => {
    const id = storedId(leaseId);
    if (await freeConcurrencyLease(server, id)) return { releasedLeaseId: id };
    throw new LeaseExpired(leaseId);
  },
});
