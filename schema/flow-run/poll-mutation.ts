import { queryFromInfo } from '@pothos/plugin-prisma';

import { getScheduledFlowRunsOfDeployments } from '#server/commands/deployment/get-scheduled-flow-runs.ts';
import { getScheduledFlowRuns } from '#server/commands/work-pool/get-scheduled-flow-runs.ts';
import { pollWorkQueue } from '#server/commands/work-queue/poll-work-queue.ts';
import type { Context } from '#server/context.ts';
import type { FlowRunView } from '#server/queries/flow-run/flow-run-view.ts';
import type { Micros } from '#server/time.ts';

import { builder } from '../builder.ts';
import { InvalidInput, NotFound } from '../errors/classes.ts';
import { defineMutation, definePayload } from '../shared/define-mutation.ts';
import { WorkPoolBy } from '../shared/lookups.ts';
import { idOrName, storedId } from '../shared/where-unique.ts';
import { FLOW_RUNS } from './list.ts';
import { FlowRun } from './object.ts';

const MAX_RUNS = 200;

interface Due {
  readonly flowRunId: string;
  readonly workPoolId: string | null;
  readonly workQueueId: string | null;
}

type FlowRunRow =
  Awaited<ReturnType<typeof FLOW_RUNS.hydrate>> extends ReadonlyMap<string, infer Row>
    ? Row
    : never;

const ScheduledFlowRun = builder
  .objectRef<Due & { readonly flowRun: FlowRunRow }>('ScheduledFlowRun')
  .implement({
    description: 'A flow run that is to be started, and where it waited.',
    fields: (t) => ({
      workPoolId: t.exposeID('workPoolId', {
        nullable: true,
        description: 'The id of its work pool; null when it waits in none.',
      }),
      workQueueId: t.exposeID('workQueueId', {
        nullable: true,
        description: 'The id of its work queue; null when it waits in none.',
      }),
      flowRun: t.expose('flowRun', { type: FlowRun, description: 'The flow run.' }),
    }),
  });

const payload = definePayload<{ readonly due: readonly Due[] }>('pollScheduledFlowRuns', (t) => ({
  runs: t.field({
    type: [ScheduledFlowRun],
    description: 'The runs that should be started, in that order.',
    resolve: async ({ due }, _args, ctx, info) => {
      const selection = queryFromInfo({
        context: ctx,
        info,
        typeName: 'FlowRun',
        path: ['flowRun'],
      });
      const ids = due.map(({ flowRunId }) => flowRunId);
      const found =
        ids.length === 0
          ? new Map<string, FlowRunRow>()
          : await FLOW_RUNS.hydrate(ctx.server, ids, selection);
      // A run that went between the two reads is left out.
      return due.flatMap((one) => {
        const flowRun = found.get(one.flowRunId);
        return flowRun === undefined ? [] : [{ ...one, flowRun }];
      });
    },
  }),
}));

interface PollInput {
  readonly workPool?: Parameters<typeof idOrName>[0] | null | undefined;
  readonly workQueueNames?: readonly string[] | null | undefined;
  readonly workQueueId?: string | null | undefined;
  readonly deploymentIds?: readonly string[] | null | undefined;
  readonly scheduledBefore?: Micros | null | undefined;
  readonly scheduledAfter?: Micros | null | undefined;
  readonly limit?: number | null | undefined;
}

const refuse = (message: string, path: readonly string[] = []): InvalidInput =>
  new InvalidInput(message, [{ message, path }]);

const requirePoll = ({
  workPool,
  workQueueNames,
  workQueueId,
  deploymentIds,
  scheduledAfter,
}: PollInput): void => {
  if ([workPool, workQueueId, deploymentIds].filter(Boolean).length !== 1)
    throw refuse('Give one of `workPool`, `workQueueId` and `deploymentIds`.');
  if (workPool) return;
  if (workQueueNames) throw refuse('Queues have names within a work pool.', ['workQueueNames']);
  if (scheduledAfter) throw refuse('Only a work pool is polled so.', ['scheduledAfter']);
};

const poolName = async (ctx: Context, by: NonNullable<PollInput['workPool']>): Promise<string> => {
  if (by.name) return by.name;
  const where = idOrName(by);
  const pool = await ctx.db.prisma.workPool.findUnique({ where, select: { name: true } });
  if (pool !== null) return pool.name;
  throw new NotFound('Work pool not found', { typename: 'WorkPool', key: by.id ?? '' });
};

const dueFrom = ({ id, workPoolId, workQueueId }: FlowRunView): Due => ({
  flowRunId: id,
  workPoolId,
  workQueueId,
});

const poll = async (ctx: Context, input: PollInput, limit: number): Promise<readonly Due[]> => {
  const scheduledBefore = input.scheduledBefore ?? undefined;
  if (input.workQueueId) {
    const id = storedId(input.workQueueId);
    return (await pollWorkQueue(ctx, { id, scheduledBefore, limit, isNoted: true })).map(dueFrom);
  }
  if (input.deploymentIds) {
    const deploymentIds = input.deploymentIds.map(storedId);
    const runs = getScheduledFlowRunsOfDeployments(ctx, { deploymentIds, scheduledBefore, limit });
    return (await runs).map(dueFrom);
  }
  const runs = await getScheduledFlowRuns(ctx, {
    workPoolName: await poolName(ctx, input.workPool ?? {}),
    workQueueNames: input.workQueueNames ?? undefined,
    scheduledBefore,
    scheduledAfter: input.scheduledAfter ?? undefined,
    limit,
  });
  return runs.map(({ flowRun, workPoolId, workQueueId }) => ({
    flowRunId: flowRun.id,
    workPoolId,
    workQueueId,
  }));
};

defineMutation('pollScheduledFlowRuns', {
  description:
    'Asks for the runs that should be started: of a work pool, of one queue, or of deployments. They stay where they are until their state is set. A poll makes queues and deployments ready.',
  input: (t) => ({
    workPool: t.field({ type: WorkPoolBy, description: 'The work pool.' }),
    workQueueNames: t.stringList({
      description: 'The names of queues of the pool; all without them.',
    }),
    workQueueId: t.id({ description: 'The id of a queue.' }),
    deploymentIds: t.idList({ description: 'The ids of deployments.' }),
    scheduledBefore: t.field({ type: 'DateTime', description: 'Only runs that are due by then.' }),
    scheduledAfter: t.field({
      type: 'DateTime',
      description: 'Only runs of the pool that are not due before.',
    }),
    limit: t.int({ description: `How many at most, at most ${MAX_RUNS} and without it.` }),
  }),
  payload,
  errors: [InvalidInput, NotFound],
  resolve: async (input, { server }) => {
    requirePoll(input);
    const limit = input.limit ?? MAX_RUNS;
    if (limit < 0 || limit > MAX_RUNS)
      throw refuse(`\`limit\` is between 0 and ${MAX_RUNS}.`, ['limit']);
    return { due: await poll(server, input, limit) };
  },
});
