import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';

import { ARTIFACT_COLLECTIONS } from '../artifact/collection-list.ts';
import { ARTIFACTS } from '../artifact/list.ts';
import { artifactTypename } from '../artifact/object.ts';
import { BLOCK_DOCUMENTS } from '../block-document/list.ts';
import { BLOCK_SCHEMAS } from '../block-schema/list.ts';
import { BLOCK_TYPES } from '../block-type/list.ts';
import { builder } from '../builder.ts';
import { CONCURRENCY_LEASES } from '../concurrency-lease/list.ts';
import { CONCURRENCY_LIMITS } from '../concurrency-limit/list.ts';
import type { GraphQLContext } from '../context.ts';
import { DEPLOYMENTS } from '../deployment/list.ts';
import { FLOW_RUNS } from '../flow-run/list.ts';
import { FLOWS } from '../flow/list.ts';
import { SAVED_SEARCHES } from '../saved-search/list.ts';
import { Node, type Typed } from '../shared/interfaces.ts';
import { storedId } from '../shared/where-unique.ts';
import { FLOW_RUN_STATES, TASK_RUN_STATES } from '../state/list.ts';
import { TASK_RUNS } from '../task-run/list.ts';
import { VARIABLES } from '../variable/list.ts';
import { WORK_POOLS } from '../work-pool/list.ts';
import { WORK_QUEUES } from '../work-queue/list.ts';
import { WORKERS } from '../worker/list.ts';

type Hydrate = typeof FLOWS.hydrate;

interface Source {
  readonly typeName: string;
  readonly hydrate: (...args: Parameters<Hydrate>) => Promise<ReadonlyMap<string, Typed>>;
}

/** The kinds that have rows of their own, those that are asked for most first. */
const PLANNED: readonly Source[] = [
  FLOW_RUNS,
  TASK_RUNS,
  FLOWS,
  DEPLOYMENTS,
  WORK_POOLS,
  WORK_QUEUES,
  WORKERS,
  VARIABLES,
  ARTIFACT_COLLECTIONS,
  BLOCK_DOCUMENTS,
  BLOCK_TYPES,
  BLOCK_SCHEMAS,
  SAVED_SEARCHES,
  CONCURRENCY_LIMITS,
  CONCURRENCY_LEASES,
];

const findStates = async (
  { server }: GraphQLContext,
  ids: readonly string[],
): Promise<readonly Typed[]> => {
  const found = await Promise.all(
    [FLOW_RUN_STATES, TASK_RUN_STATES].map(({ hydrate }) => hydrate(server, ids, {})),
  );
  return found.flatMap((states) =>
    [...states.values()].map((state) => ({ ...state, __typename: 'State' })),
  );
};

const findArtifacts = async (
  { server }: GraphQLContext,
  ids: readonly string[],
): Promise<readonly Typed[]> =>
  [...(await ARTIFACTS.hydrate(server, ids, {})).values()].map((artifact) => ({
    ...artifact,
    __typename: artifactTypename(artifact),
  }));

/** Reads what has one of the ids, of whatever kind, as the operation wants each kind. */
const findNodes = async (
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Typed>> => {
  const found: Typed[] = [];
  for (const { typeName, hydrate } of PLANNED) {
    const left = ids.filter((id) => !found.some((node) => node.id === id));
    if (left.length === 0) break;
    const selection = queryFromInfo({ context: ctx, info, typeName });
    // oxlint-disable-next-line no-await-in-loop -- most ids are found by the first looks, which saves the others
    const rows = await hydrate(ctx.server, left, selection);
    found.push(...[...rows.values()].map((row) => ({ ...row, __typename: typeName })));
  }
  const left = ids.filter((id) => !found.some((node) => node.id === id));
  if (left.length > 0)
    found.push(...(await findStates(ctx, left)), ...(await findArtifacts(ctx, left)));
  return new Map(found.map((node) => [node.id, node]));
};

builder.queryField('node', (t) =>
  t.field({
    type: Node,
    nullable: true,
    description: 'Whatever has this id, or null.',
    args: { id: t.arg.id({ required: true, description: 'The id.' }) },
    resolve: async (_root, { id }, ctx, info) =>
      (await findNodes(ctx, info, [storedId(id)])).get(storedId(id)) ?? null,
  }),
);

const MAX_NODES = 200;

builder.queryField('nodes', (t) =>
  t.field({
    type: [Node],
    nullable: { list: false, items: true },
    description:
      'Whatever has these ids, in their order, null for those that nothing has; at most 200.',
    args: { ids: t.arg.idList({ required: true, description: 'The ids.' }) },
    resolve: async (_root, { ids }, ctx, info) => {
      const wanted = ids.slice(0, MAX_NODES).map(storedId);
      const found = await findNodes(ctx, info, wanted);
      return wanted.map((id) => found.get(id) ?? null);
    },
  }),
);
