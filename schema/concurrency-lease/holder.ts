import type { GraphQLResolveInfo } from 'graphql';

import { builder } from '../builder.ts';
import { DEPLOYMENTS } from '../deployment/list.ts';
import { FLOW_RUNS } from '../flow-run/list.ts';
import { FLOWS } from '../flow/list.ts';
import type { Typed } from '../shared/interfaces.ts';
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

/** The kind of a holder as it is stored; null for one that nobody knows. */
export const holderTypeOf = (type: string | null): keyof typeof HOLDERS | null =>
  type === 'flow_run' || type === 'task_run' || type === 'deployment' ? type : null;

interface Holder {
  readonly holderType: string | null;
  readonly holderId: string | null;
}

/** What holds slots, or waits for them; null when it has not told, or is gone. */
export const findHolder = async (
  ctx: Parameters<typeof rowsByIds>[0],
  info: GraphQLResolveInfo,
  { holderType, holderId }: Holder,
): Promise<Typed | null> => {
  const type = holderTypeOf(holderType);
  if (type === null || holderId === null) return null;
  const { hydrate, typeName } = HOLDERS[type];
  const [holder] = await rowsByIds<Typed>(ctx, info, { hydrate, typeName, ids: [holderId] });
  return holder === undefined ? null : { ...holder, __typename: typeName };
};

/** The flow that somebody works for who has told no more of itself. */
export const findFlow = async (
  ctx: Parameters<typeof rowsByIds>[0],
  info: GraphQLResolveInfo,
  flowId: string | null,
) => {
  if (flowId === null) return null;
  const [flow] = await rowsByIds(ctx, info, { hydrate: FLOWS.hydrate, ids: [flowId] });
  return flow ?? null;
};
