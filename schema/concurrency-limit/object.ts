import type { ConcurrencyLimitV2 as LimitRow } from '#prisma/client/sqlite/client.ts';
import { activeSlotsAt, deniedSlotsAt } from '#server/orchestration/concurrency.ts';
import { type Micros, micros, nowMicros } from '#server/time.ts';

import { builder } from '../builder.ts';
import { CONCURRENCY_LEASES } from '../concurrency-lease/list.ts';
import { ConcurrencyLease, ConcurrencyLeaseConnection } from '../concurrency-lease/object.ts';
import { DEPLOYMENTS } from '../deployment/list.ts';
import { DeploymentConnection } from '../deployment/object.ts';
import { LimitReached } from '../errors/classes.ts';
import { ErrorInterface } from '../errors/types.ts';
import { resolveConnection } from '../shared/connection.ts';
import { defineConnection } from '../shared/define-connection.ts';
import { CREATED_AT, ID, Node, RESOURCE_ID, Resource, UPDATED_AT } from '../shared/interfaces.ts';
import { pageArguments } from '../shared/list-arguments.ts';
import { rowsByIds } from '../shared/rows-by-ids.ts';
import { textsIn } from '../shared/values.ts';
import { CONCURRENCY_LIMITS } from './list.ts';

/** A limit as Prisma gives it, with its instant as the server writes instants. */
const asStored = <Row extends { readonly updated: bigint }>(row: Row) => ({
  ...row,
  updated: micros(Number(row.updated)),
});

interface Leased {
  readonly lease: { readonly slots: number; readonly expiration: bigint };
}

const leasedSlotsAt = (leases: readonly Leased[], now: Micros): number =>
  leases.reduce((sum, { lease }) => (lease.expiration > now ? sum + lease.slots : sum), 0);

export const ConcurrencyLimit = builder.prismaObject('ConcurrencyLimitV2', {
  name: 'ConcurrencyLimit',
  description: 'A bound on how much goes on at once.',
  interfaces: [Resource, Node],
  select: { id: true },
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    createdAt: t.expose('created', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updated', { type: 'DateTime', description: UPDATED_AT }),
    resourceId: t.string({
      description: RESOURCE_ID,
      resolve: (limit) => `prefect.concurrency-limit.${limit.id}`,
    }),
    name: t.exposeString('name', { description: 'Its name.' }),
    active: t.exposeBoolean('active', { description: 'Whether it bounds anything now.' }),
    limit: t.exposeInt('limit', { description: 'How many slots there are.' }),
    activeSlots: t.int({
      description: 'How many slots are taken now; those of a limit of rate free themselves.',
      select: {
        activeSlots: true,
        slotDecayPerSecond: true,
        updated: true,
        leases: { select: { lease: { select: { slots: true, expiration: true } } } },
      },
      resolve: ({ leases, ...limit }) => {
        const now = nowMicros();
        return activeSlotsAt({ ...asStored(limit), leasedSlots: leasedSlotsAt(leases, now) }, now);
      },
    }),
    deniedSlots: t.int({
      description: 'How many slots were lately asked for in vain.',
      select: {
        name: true,
        deniedSlots: true,
        slotDecayPerSecond: true,
        avgSlotOccupancySeconds: true,
        updated: true,
      },
      resolve: (limit, _args, ctx) => deniedSlotsAt(ctx.server, asStored(limit), nowMicros()),
    }),
    slotDecayPerSecond: t.exposeFloat('slotDecayPerSecond', {
      description: 'How many taken slots free themselves in a second.',
    }),
    avgSlotOccupancySeconds: t.exposeFloat('avgSlotOccupancySeconds', {
      description: 'How long a slot is taken on average.',
    }),
    leases: t.field({
      type: ConcurrencyLeaseConnection,
      description: 'What its slots are held by, the longest first.',
      args: pageArguments(),
      resolve: ({ id }, args, ctx, info) =>
        resolveConnection(ctx, info, { source: CONCURRENCY_LEASES, args, within: { limitId: id } }),
    }),
    deployments: t.field({
      type: DeploymentConnection,
      description: 'The deployments whose runs it bounds.',
      args: pageArguments(),
      resolve: ({ id }, args, ctx, info) =>
        resolveConnection(ctx, info, {
          source: DEPLOYMENTS,
          args,
          within: { concurrencyLimitId: { in: [id] } },
        }),
    }),
  }),
});

export const ConcurrencyLimitConnection = defineConnection<LimitRow>(
  { name: 'ConcurrencyLimit', plural: 'concurrency limits' },
  ConcurrencyLimit,
);

builder.prismaObjectField(ConcurrencyLease, 'limits', (t) =>
  t.field({
    type: [ConcurrencyLimit],
    description: 'The limits of each of which it holds slots.',
    select: { limitIds: true },
    resolve: async ({ limitIds }, _args, ctx, info) => [
      ...(await rowsByIds(ctx, info, {
        hydrate: CONCURRENCY_LIMITS.hydrate,
        ids: textsIn(limitIds),
      })),
    ],
  }),
);

builder.objectType(LimitReached, {
  name: 'LimitReachedError',
  description: 'A concurrency limit has too few slots left.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    limits: t.field({
      type: [ConcurrencyLimit],
      description: 'The limits that have too few.',
      resolve: async ({ limitIds }, _args, ctx, info) => [
        ...(await rowsByIds(ctx, info, { hydrate: CONCURRENCY_LIMITS.hydrate, ids: limitIds })),
      ],
    }),
    retryAfterSeconds: t.exposeFloat('retryAfterSeconds', {
      nullable: true,
      description: 'When it is worth asking again; null when the limit gives no slot to anybody.',
    }),
  }),
});
