import { GraphQLError } from 'graphql';

import {
  type FlowRunSource,
  type LeasedFlowRun,
  leaseFlowRuns,
  noteFlowRunWaiter,
} from '#server/commands/delivery/lease-flow-runs.ts';
import type { Context } from '#server/context.ts';
import { newId } from '#server/ids.ts';
import { QUEUED_FLOW_RUN } from '#server/orchestration/announce-queued-run.ts';

import { builder } from '../builder.ts';
import { storedId } from '../shared/where-unique.ts';
import { deliver } from '../streams/deliveries.ts';
import { requireBetween } from './arguments.ts';
import { leaseFields } from './lease-fields.ts';
import { MAX_LEASE_SECONDS, MAX_PREFETCH } from './mutations.ts';

/** How often it is noted that somebody waits, which keeps queues and deployments ready. */
const NOTE_MILLIS = 15_000;

const FlowRunDelivery = builder.objectRef<LeasedFlowRun>('FlowRunDelivery').implement({
  description:
    'A flow run that should be started, handed to one worker. It claims the run by proposing `PENDING`; when it let the run wait, it renews the lease first, because others may have been given it since.',
  fields: (t) => ({
    ...leaseFields(t),
    workPoolId: t.exposeID('workPoolId', {
      nullable: true,
      description: 'The id of its work pool; null when it waits in none.',
    }),
    workQueueId: t.exposeID('workQueueId', {
      nullable: true,
      description: 'The id of its work queue; null when it waits in none.',
    }),
    flowRun: t.prismaField({
      type: 'FlowRun',
      description: 'The flow run.',
      resolve: (query, { flowRunId: id }, _args, ctx) =>
        ctx.server.db.prisma.flowRun.findUniqueOrThrow({ ...query, where: { id } }),
    }),
  }),
});

interface SourceArguments {
  readonly workPoolName?: string | null | undefined;
  readonly workQueueNames?: readonly string[] | null | undefined;
  readonly deploymentIds?: readonly string[] | null | undefined;
}

/** Whose runs are wanted. Throws BAD_USER_INPUT. */
const sourceOf = ({
  workPoolName,
  workQueueNames,
  deploymentIds,
}: SourceArguments): FlowRunSource => {
  if (workPoolName && !deploymentIds) return { workPoolName, workQueueNames: workQueueNames ?? [] };
  if (deploymentIds && !workPoolName && !workQueueNames)
    return { deploymentIds: deploymentIds.map(storedId) };
  throw new GraphQLError(
    'Give either `workPoolName`, with or without names of its queues, or `deploymentIds`.',
    {
      extensions: { code: 'BAD_USER_INPUT' },
    },
  );
};

/** Tells now and then that somebody waits for runs. */
const noteNowAndThen = (ctx: Context, source: FlowRunSource): (() => Promise<void>) => {
  let noted = Number.NEGATIVE_INFINITY;
  return async () => {
    const now = performance.now();
    if (now - noted < NOTE_MILLIS) return;
    noted = now;
    await noteFlowRunWaiter(ctx, source);
  };
};

builder.subscriptionField('scheduledFlowRuns', (t) =>
  t.field({
    type: FlowRunDelivery,
    description:
      'Flow runs that should be started, each handed to one worker at a time: queues by priority, in each the soonest first, within the limits of pool and queues. A run that is not taken up before its lease ends is handed out again, at most five times.',
    args: {
      workPoolName: t.arg.string({ description: 'The name of a work pool.' }),
      workQueueNames: t.arg.stringList({
        description: 'The names of queues of the pool; all without them.',
      }),
      deploymentIds: t.arg.idList({ description: 'The ids of deployments, instead of a pool.' }),
      workerName: t.arg.string({ required: true, description: 'Who wants them.' }),
      prefetch: t.arg.int({
        defaultValue: 10,
        description: 'How many may be out without having been taken up.',
      }),
      leaseSeconds: t.arg.float({ defaultValue: 60, description: 'How long a lease lasts.' }),
      prefetchSeconds: t.arg.float({
        defaultValue: 10,
        description: 'How long before it is due a run may come.',
      }),
    },
    subscribe: async (_root, args, { server }) => {
      const source = sourceOf(args);
      const prefetch = args.prefetch ?? 10;
      const leaseSeconds = args.leaseSeconds ?? 60;
      const prefetchSeconds = args.prefetchSeconds ?? 10;
      requireBetween({
        prefetch: [prefetch, 1, MAX_PREFETCH],
        leaseSeconds: [leaseSeconds, 1, MAX_LEASE_SECONDS],
        prefetchSeconds: [prefetchSeconds, 0, MAX_LEASE_SECONDS],
      });
      const holder = `${args.workerName} ${newId()}`;
      const claim = { source, holder, leaseSeconds, prefetchSeconds };
      const note = noteNowAndThen(server, source);
      // An unknown pool or queue is told at once, not in the stream.
      await note();
      return deliver<LeasedFlowRun>(server, {
        kind: 'FLOW_RUN',
        holder,
        prefetch,
        topic: QUEUED_FLOW_RUN,
        runIdOf: ({ flowRunId }) => flowRunId,
        note,
        forget: () => Promise.resolve(),
        claim: async (limit) => {
          const { runs, sources, workPoolId, nextAt } = await leaseFlowRuns(server, {
            ...claim,
            limit,
          });
          const alsoWatched = workPoolId === null ? [] : [workPoolId];
          return { items: runs, queues: sources, alsoWatched, nextAt };
        },
      });
    },
    resolve: (delivery) => delivery,
  }),
);
