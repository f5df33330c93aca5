import type { ConcurrencyLease as LeaseRow } from '#prisma/client/sqlite/client.ts';

import { builder } from '../builder.ts';
import { DEPLOYMENTS } from '../deployment/list.ts';
import { FLOW_RUNS } from '../flow-run/list.ts';
import { defineConnection } from '../shared/define-connection.ts';
import { CREATED_AT, ID, Node, type Typed } from '../shared/interfaces.ts';
import { rowsByIds } from '../shared/rows-by-ids.ts';
import { TASK_RUNS } from '../task-run/list.ts';

export const LeaseHolderType = builder.enumType('LeaseHolderType', {
  description: 'What may hold the slots of a concurrency limit.',
  values: {
    FLOW_RUN: { description: 'A flow run.', value: 'flow_run' },
    TASK_RUN: { description: 'A task run.', value: 'task_run' },
    DEPLOYMENT: { description: 'A deployment.', value: 'deployment' },
  } as const,
});

const HOLDERS = { flow_run: FLOW_RUNS, task_run: TASK_RUNS, deployment: DEPLOYMENTS } as const;

const holderTypeOf = (type: string | null): keyof typeof HOLDERS | null =>
  type === 'flow_run' || type === 'task_run' || type === 'deployment' ? type : null;

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
      resolve: async ({ holderType, holderId }, _args, ctx, info): Promise<Typed | null> => {
        const type = holderTypeOf(holderType);
        if (type === null || holderId === null) return null;
        const { hydrate, typeName } = HOLDERS[type];
        const [holder] = await rowsByIds<Typed>(ctx, info, { hydrate, typeName, ids: [holderId] });
        return holder === undefined ? null : { ...holder, __typename: typeName };
      },
    }),
  }),
});

export const ConcurrencyLeaseConnection = defineConnection<LeaseRow>(
  { name: 'ConcurrencyLease', plural: 'leases' },
  ConcurrencyLease,
);
