import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';

import { readEvents } from '#server/queries/event/read-events.ts';
import { seqOfLogId } from '#server/queries/log/log-id.ts';

import { ARTIFACT_COLLECTIONS } from '../artifact/collection-list.ts';
import { ARTIFACTS } from '../artifact/list.ts';
import { artifactTypename } from '../artifact/object.ts';
import { AUTOMATIONS } from '../automation/list.ts';
import { BLOCK_DOCUMENTS } from '../block-document/list.ts';
import { BLOCK_SCHEMAS } from '../block-schema/list.ts';
import { BLOCK_TYPES } from '../block-type/list.ts';
import { CONCURRENCY_LEASES } from '../concurrency-lease/list.ts';
import { CONCURRENCY_LIMITS } from '../concurrency-limit/list.ts';
import type { GraphQLContext } from '../context.ts';
import { DEPLOYMENTS } from '../deployment/list.ts';
import { DEPLOYMENT_SCHEDULES } from '../deployment/schedule-source.ts';
import { asEvent } from '../event/object.ts';
import { FLOW_RUNS } from '../flow-run/list.ts';
import { FLOW_RUN_INPUTS } from '../flow-run/run-input.ts';
import { FLOWS } from '../flow/list.ts';
import { LOGS } from '../log/list.ts';
import { SAVED_SEARCHES } from '../saved-search/list.ts';
import type { Typed } from '../shared/interfaces.ts';
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
  AUTOMATIONS,
  FLOW_RUN_INPUTS,
  DEPLOYMENT_SCHEDULES,
  ARTIFACT_COLLECTIONS,
  BLOCK_DOCUMENTS,
  BLOCK_TYPES,
  BLOCK_SCHEMAS,
  SAVED_SEARCHES,
  CONCURRENCY_LIMITS,
  CONCURRENCY_LEASES,
];

const kindOf = ({ typeName }: Source): string =>
  typeName.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

const BY_KIND: ReadonlyMap<string, Source> = new Map(
  PLANNED.map((source) => [kindOf(source), source]),
);

/** What reads things of a kind as events name it, such as `flow-run`; null for a kind without rows. */
export const nodeSource = (kind: string): Source | null => BY_KIND.get(kind) ?? null;

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

const findLogs = async (
  { server }: GraphQLContext,
  ids: readonly string[],
): Promise<readonly Typed[]> => {
  const numbers = ids.map(seqOfLogId).filter(Number.isSafeInteger).map(String);
  const lines = numbers.length === 0 ? [] : [...(await LOGS.hydrate(server, numbers, {})).values()];
  // Any id names some number; only the line that was told under it is meant.
  return lines.filter(({ id }) => ids.includes(id));
};

const findEvents = async (
  { server }: GraphQLContext,
  ids: readonly string[],
): Promise<readonly Typed[]> => [...(await readEvents(server, ids)).values()].map(asEvent);

const missing = (ids: readonly string[], found: readonly Typed[]): readonly string[] =>
  ids.filter((id) => !found.some((node) => node.id === id));

/** Reads what has one of the ids, of whatever kind, as the operation wants each kind. */
export const findNodes = async (
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Typed>> => {
  const found: Typed[] = [];
  for (const { typeName, hydrate } of PLANNED) {
    const left = missing(ids, found);
    if (left.length === 0) break;
    const selection = queryFromInfo({ context: ctx, info, typeName });
    // oxlint-disable-next-line no-await-in-loop -- most ids are found by the first looks, which saves the others
    const rows = await hydrate(ctx.server, left, selection);
    found.push(...[...rows.values()].map((row) => ({ ...row, __typename: typeName })));
  }
  const left = missing(ids, found);
  if (left.length > 0)
    found.push(...(await findStates(ctx, left)), ...(await findArtifacts(ctx, left)));
  // The event of a state has the id of the state, which is what is meant by it.
  const last = missing(ids, found);
  if (last.length > 0) found.push(...(await findEvents(ctx, last)), ...(await findLogs(ctx, last)));
  return new Map(found.map((node) => [node.id, node]));
};
