import {
  type Settlement,
  ackDelivery,
  releaseDelivery,
  renewDelivery,
} from '#server/commands/delivery/settle-delivery.ts';
import type { DeliveryKind as Kind } from '#server/db/sql/delivery-statements.ts';
import type { Micros } from '#server/time.ts';

import { requireWithin } from '../concurrency-limit/checks.ts';
import { InvalidInput, LeaseExpired, NotFound } from '../errors/classes.ts';
import { defineMutation, definePayload } from '../shared/define-mutation.ts';
import { storedId } from '../shared/where-unique.ts';
import { DeliveryKind } from './enums.ts';

const DELIVERY_ID = 'The id of the delivery.';
const KIND = 'What was handed out.';
const LEASE_TOKEN = 'The token that came with it.';

/** An hour: who needs longer renews. */
export const MAX_LEASE_SECONDS = 3600;
export const MAX_PREFETCH = 1000;

interface Ref {
  readonly deliveryId: string;
  readonly kind: Kind;
  readonly leaseToken: string;
}

const refOf = ({ deliveryId, kind, leaseToken }: Ref) => ({
  id: storedId(deliveryId),
  kind,
  leaseToken,
});

/** Throws NotFound or LeaseExpired for what was not accepted. */
const requireAccepted = (settlement: Settlement, { deliveryId }: Ref): Settlement => {
  if (settlement.status === 'accepted') return settlement;
  if (settlement.status === 'not_found')
    throw new NotFound('Delivery not found', { typename: 'Delivery', key: deliveryId });
  throw new LeaseExpired(deliveryId);
};

defineMutation('ackDelivery', {
  description:
    'Says that a run was taken up, or a cleanup done: it is not handed out again. A flow run whose state is not scheduled any more needs no acknowledgement.',
  input: (t) => ({
    deliveryId: t.id({ required: true, description: DELIVERY_ID }),
    kind: t.field({ type: DeliveryKind, required: true, description: KIND }),
    leaseToken: t.string({ required: true, description: LEASE_TOKEN }),
  }),
  payload: definePayload<{ readonly deliveryId: string }>('ackDelivery', (t) => ({
    deliveryId: t.exposeID('deliveryId', { description: DELIVERY_ID }),
  })),
  errors: [LeaseExpired, NotFound],
  resolve: async (input, { server }) => {
    requireAccepted(await ackDelivery(server, refOf(input)), input);
    return { deliveryId: input.deliveryId };
  },
});

interface Released {
  readonly deliveryId: string;
  readonly deadLettered: boolean;
}

defineMutation('releaseDelivery', {
  description: 'Gives back what was handed out, so that it is handed out again.',
  input: (t) => ({
    deliveryId: t.id({ required: true, description: DELIVERY_ID }),
    kind: t.field({ type: DeliveryKind, required: true, description: KIND }),
    leaseToken: t.string({ required: true, description: LEASE_TOKEN }),
    reason: t.string({ description: 'Why, for the log of the server.' }),
    retryAfterSeconds: t.float({ description: 'For how long nobody should be given it.' }),
  }),
  payload: definePayload<Released>('releaseDelivery', (t) => ({
    deliveryId: t.exposeID('deliveryId', { description: DELIVERY_ID }),
    deadLettered: t.exposeBoolean('deadLettered', {
      description: 'Whether it was given back so often that nobody is given it any more.',
    }),
  })),
  errors: [InvalidInput, LeaseExpired, NotFound],
  resolve: async ({ reason, retryAfterSeconds, ...ref }, { server }) => {
    requireWithin({ retryAfterSeconds: { value: retryAfterSeconds, atLeast: 0 } });
    const released = await releaseDelivery(server, refOf(ref), {
      afterSeconds: retryAfterSeconds ?? 0,
    });
    if (reason) server.log.info({ delivery: ref.deliveryId, reason }, 'A delivery was given back.');
    const deadLettered = released.status === 'dead_lettered';
    if (!deadLettered) requireAccepted(released, ref);
    return { deliveryId: ref.deliveryId, deadLettered };
  },
});

interface Renewed {
  readonly deliveryId: string;
  readonly leaseExpiresAt: Micros | null;
}

defineMutation('renewDelivery', {
  description: 'Puts off the end of the lease of what was handed out.',
  input: (t) => ({
    deliveryId: t.id({ required: true, description: DELIVERY_ID }),
    kind: t.field({ type: DeliveryKind, required: true, description: KIND }),
    leaseToken: t.string({ required: true, description: LEASE_TOKEN }),
    leaseSeconds: t.float({
      required: true,
      description: `For how long from now: 1 to ${MAX_LEASE_SECONDS} seconds.`,
    }),
  }),
  payload: definePayload<Renewed>('renewDelivery', (t) => ({
    deliveryId: t.exposeID('deliveryId', { description: DELIVERY_ID }),
    leaseExpiresAt: t.expose('leaseExpiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when nobody else gets it.',
    }),
  })),
  errors: [InvalidInput, LeaseExpired, NotFound],
  resolve: async ({ leaseSeconds, ...ref }, { server }) => {
    requireWithin({
      leaseSeconds: { value: leaseSeconds, atLeast: 1, atMost: MAX_LEASE_SECONDS },
    });
    const renewed = requireAccepted(await renewDelivery(server, refOf(ref), { leaseSeconds }), ref);
    return { deliveryId: ref.deliveryId, leaseExpiresAt: renewed.leaseExpiresAt };
  },
});
