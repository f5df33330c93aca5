import type { ConcurrencyLease as LeaseRow } from '#prisma/client/sqlite/client.ts';

import { builder } from '../builder.ts';
import { Flow } from '../flow/object.ts';
import { defineConnection } from '../shared/define-connection.ts';
import { CREATED_AT, ID, Node } from '../shared/interfaces.ts';
import { LeaseHolderType, findFlow, findHolder, holderTypeOf } from './holder.ts';

export const ConcurrencyLease = builder.prismaObject('ConcurrencyLease', {
  description: 'Slots that are held until a time, unless it is put off before.',
  interfaces: [Node],
  select: { id: true },
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    createdAt: t.expose('created', { type: 'DateTime', description: CREATED_AT }),
    slots: t.exposeInt('slots', { description: 'How many slots of each of its limits it holds.' }),
    expiresAt: t.expose('expiration', {
      type: 'DateTime',
      description: 'When its slots are given back unless it is renewed before.',
    }),
    holderType: t.field({
      type: LeaseHolderType,
      nullable: true,
      description: 'What kind of thing holds it, as far as it has told.',
      select: { holderType: true },
      resolve: ({ holderType }) => holderTypeOf(holderType),
    }),
    holder: t.field({
      type: Node,
      nullable: true,
      description: 'What holds it; null when it has not told, or is gone.',
      select: { holderType: true, holderId: true },
      resolve: (lease, _args, ctx, info) => findHolder(ctx, info, lease),
    }),
    flow: t.field({
      type: Flow,
      nullable: true,
      description: 'The flow whose run it is that took it, as its client told.',
      select: { flowId: true },
      resolve: ({ flowId }, _args, ctx, info) => findFlow(ctx, info, flowId),
    }),
  }),
});

export const ConcurrencyLeaseConnection = defineConnection<LeaseRow>(
  { name: 'ConcurrencyLease', plural: 'leases' },
  ConcurrencyLease,
);
