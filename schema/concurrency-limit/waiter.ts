import { nowMicros } from '#server/time.ts';

import { builder } from '../builder.ts';
import {
  LeaseHolderType,
  findFlow,
  findHolder,
  holderTypeOf,
} from '../concurrency-lease/holder.ts';
import { Flow } from '../flow/object.ts';
import { Node } from '../shared/interfaces.ts';
import { ConcurrencyLimit } from './object.ts';

const MOST_WAITERS = 100;

const ConcurrencyWaiter = builder.prismaObject('ConcurrencyWaiter', {
  description: 'Somebody who waits for slots of a concurrency limit.',
  select: { limitId: true, id: true },
  fields: (t) => ({
    since: t.expose('created', { type: 'DateTime', description: 'Since when it waits.' }),
    slots: t.exposeInt('slots', { description: 'How many slots it waits for.' }),
    isHeld: t.exposeBoolean('isHeld', {
      description: 'Whether its request is held open; if not, it is expected to ask again.',
    }),
    holderType: t.field({
      type: LeaseHolderType,
      nullable: true,
      description: 'What kind of thing it waits for, as far as it has told.',
      select: { holderType: true },
      resolve: ({ holderType }) => holderTypeOf(holderType),
    }),
    holder: t.field({
      type: Node,
      nullable: true,
      description: 'What will hold the slots; null when it has not told, or is gone.',
      select: { holderType: true, holderId: true },
      resolve: (waiter, _args, ctx, info) => findHolder(ctx, info, waiter),
    }),
    flow: t.field({
      type: Flow,
      nullable: true,
      description: 'The flow whose run it is that waits, as its client told.',
      select: { flowId: true },
      resolve: ({ flowId }, _args, ctx, info) => findFlow(ctx, info, flowId),
    }),
  }),
});

builder.prismaObjectFields(ConcurrencyLimit, (t) => ({
  waiters: t.relation('waiters', {
    type: ConcurrencyWaiter,
    description: `Who waits for its slots, the longest first; no more than ${MOST_WAITERS}.`,
    query: () => ({
      where: { expires: { gt: nowMicros() } },
      orderBy: { created: 'asc' },
      take: MOST_WAITERS,
    }),
  }),
  waiterCount: t.relationCount('waiters', {
    description: 'How many wait for its slots.',
    where: () => ({ expires: { gt: nowMicros() } }),
  }),
}));
