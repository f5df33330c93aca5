import { z } from 'zod';

import {
  type SlotsOutcome,
  freeConcurrencyLease,
  freeConcurrencySlots,
  renewConcurrencyLease,
} from '#server/commands/concurrency-limit/slots.ts';
import { waitForConcurrencySlots } from '#server/commands/concurrency-limit/wait-for-slots.ts';
import type { Context } from '#server/context.ts';
import { parseId } from '#server/ids.ts';

import {
  concurrencyLimitWithLeaseAnswer,
  minimalConcurrencyLimitAnswer,
} from './answers/concurrency-limit.ts';
import { parametersBody } from './body.ts';
import { type Reply, answer, noContent, refusal } from './reply.ts';
import type { ApiRequest } from './request.ts';
import { type Route, route } from './route.ts';
import {
  leaseDuration,
  leaseHolder,
  limitNames,
  shortLimitToWire,
  slotCount,
  slotMode,
} from './wire/concurrency-limit.ts';
import { optional } from './wire/filters/criteria.ts';
import { number } from './wire/pydantic/number.ts';
import { boolean, uuid } from './wire/pydantic/scalar.ts';

const LOCKED = 423;
const GONE = 410;

/** The flow that stock clients name with each call as what they work for; null when there is none. */
const flowIdOf = (headers: ApiRequest['headers']): string | null => {
  const named = headers['x-prefect-flow-id'];
  return typeof named === 'string' ? parseId(named) : null;
};

const locked = ({ retryAfterSeconds }: SlotsOutcome & { isTaken: false }): Reply =>
  refusal(LOCKED, 'Locked', { 'retry-after': String(retryAfterSeconds) });

const takeShape = {
  slots: slotCount,
  names: limitNames,
  mode: slotMode,
};

const takeRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/v2/concurrency_limits/increment',
    answers: z.array(minimalConcurrencyLimitAnswer),
    // Old clients ask for limits to be made, which Prefect's server no longer does.
    body: parametersBody({ ...takeShape, create_if_missing: optional(boolean) }),
    handle: async ({ body: { slots, names, mode }, headers, onGone, isGone }) => {
      const wish = { asked: { slots, names, mode, flowId: flowIdOf(headers) }, lease: null };
      const outcome = await waitForConcurrencySlots(ctx, wish, { onGone, isGone });
      return outcome.isTaken ? answer(outcome.limits.map(shortLimitToWire)) : locked(outcome);
    },
  }),
  route({
    method: 'POST',
    path: '/v2/concurrency_limits/increment-with-lease',
    answers: concurrencyLimitWithLeaseAnswer,
    body: parametersBody({
      ...takeShape,
      lease_duration: leaseDuration,
      holder: leaseHolder.optional(),
    }),
    handle: async ({ body, headers, onGone, isGone }) => {
      const { slots, names, mode, lease_duration: seconds, holder = null } = body;
      const wish = {
        asked: { slots, names, mode, flowId: flowIdOf(headers) },
        lease: { seconds, holder },
      };
      const outcome = await waitForConcurrencySlots(ctx, wish, { onGone, isGone });
      if (!outcome.isTaken) return locked(outcome);
      return answer({
        lease_id: outcome.leaseId,
        limits: outcome.limits.map(shortLimitToWire),
      });
    },
  }),
];

/** How clients take slots of limits and give them back. */
export const concurrencySlotRoutes = (ctx: Context): readonly Route[] => [
  ...takeRoutes(ctx),
  route({
    method: 'POST',
    path: '/v2/concurrency_limits/decrement',
    answers: z.array(minimalConcurrencyLimitAnswer),
    body: parametersBody({
      slots: slotCount,
      names: limitNames,
      occupancy_seconds: optional(number({ above: 0 })),
      create_if_missing: boolean.optional(),
    }),
    handle: async ({ body: { slots, names, occupancy_seconds: occupancySeconds = null } }) => {
      const limits = await freeConcurrencySlots(ctx, { slots, names, occupancySeconds });
      return answer(limits.map(shortLimitToWire));
    },
  }),
  route({
    method: 'POST',
    path: '/v2/concurrency_limits/decrement-with-lease',
    status: 204,
    body: parametersBody({ lease_id: uuid }),
    handle: async ({ body }) => {
      await freeConcurrencyLease(ctx, body.lease_id);
      return noContent;
    },
  }),
  route({
    method: 'POST',
    path: '/v2/concurrency_limits/leases/{lease_id}/renew',
    parts: { lease_id: uuid },
    status: 204,
    body: parametersBody({ lease_duration: leaseDuration }),
    handle: async ({ body, param }) => {
      const isRenewed = await renewConcurrencyLease(ctx, {
        leaseId: param('lease_id'),
        seconds: body.lease_duration,
      });
      return isRenewed
        ? noContent
        : refusal(GONE, 'Lease not found - it may have expired or been revoked');
    },
  }),
];
