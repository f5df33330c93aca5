import { welcomeWorker } from '#server/commands/worker/welcome-worker.ts';
import { type JsonValue, isJsonObject } from '#server/json.ts';

import { builder } from '../builder.ts';
import { storedId } from '../shared/where-unique.ts';
import {
  type SnapshotMessage,
  type WorkerMessage as Message,
  followWorkerMessages,
} from '../streams/worker-messages.ts';
import { requireBetween } from './arguments.ts';
import { CleanupKind } from './enums.ts';
import { leaseFields } from './lease-fields.ts';

const MAX_HEARTBEAT_SECONDS = 86_400;
const MAX_CLEANUPS = 100;

const CAPABILITIES = ['worker_heartbeat.v1', 'work_pool_snapshot.v1', 'cleanup_delivery.v1'];
const [HEARTBEAT = '', SNAPSHOT = '', CLEANUP = ''] = CAPABILITIES;

const textOf = (value: JsonValue | undefined): string | null =>
  typeof value === 'string' ? value : null;

type Of<Type extends Message['type']> = Extract<Message, { type: Type }>;

interface Ready extends Of<'ready'> {
  readonly heartbeatIntervalSeconds: number;
  readonly acceptedCapabilities: readonly string[];
  readonly rejectedCapabilities: readonly string[];
  readonly maxCleanups: number;
}

type Told = Ready | Exclude<Message, { type: 'ready' }>;

const WorkPoolSnapshot = builder.objectRef<SnapshotMessage>('WorkPoolSnapshot').implement({
  description: 'A work pool, told because it changed.',
  fields: (t) => ({
    sequence: t.exposeInt('sequence', {
      description: 'Which of the snapshots of the stream it is; 1 is first.',
    }),
    reason: t.exposeString('reason', { description: 'Why it comes.' }),
    workPool: t.prismaField({
      type: 'WorkPool',
      description: 'The work pool as it is now.',
      resolve: (query, { workPoolId: id }, _args, ctx) =>
        ctx.server.db.prisma.workPool.findUniqueOrThrow({ ...query, where: { id } }),
    }),
  }),
});

const WorkerReady = builder.objectRef<Ready>('WorkerReady').implement({
  description: 'A worker was let in; the first message of its channel.',
  fields: (t) => ({
    worker: t.prismaField({
      type: 'Worker',
      description: 'The worker.',
      resolve: (query, { welcome }, _args, ctx) =>
        ctx.server.db.prisma.worker.findUniqueOrThrow({
          ...query,
          where: { id: welcome.worker.id },
        }),
    }),
    heartbeatIntervalSeconds: t.exposeInt('heartbeatIntervalSeconds', {
      description: 'How often the open channel counts as a heartbeat.',
    }),
    resolvedWorkQueues: t.prismaField({
      type: ['WorkQueue'],
      description: 'The queues that the worker serves.',
      resolve: (query, { welcome }, _args, ctx) =>
        ctx.server.db.prisma.workQueue.findMany({
          ...query,
          where: { id: { in: welcome.workQueues.map(({ id }) => id) } },
          orderBy: [{ priority: 'asc' }, { name: 'asc' }],
        }),
    }),
    acceptedCapabilities: t.stringList({
      description: 'What was asked for and is given.',
      resolve: ({ acceptedCapabilities }) => [...acceptedCapabilities],
    }),
    rejectedCapabilities: t.stringList({
      description: 'What was asked for and is not known.',
      resolve: ({ rejectedCapabilities }) => [...rejectedCapabilities],
    }),
    maxCleanupConcurrency: t.int({
      description: 'How many cleanups are handed out at a time.',
      resolve: ({ maxCleanups }) => maxCleanups,
    }),
    snapshot: t.field({
      type: WorkPoolSnapshot,
      description: 'The work pool.',
      resolve: ({ snapshot }) => snapshot,
    }),
  }),
});

const CleanupDelivery = builder.objectRef<Of<'cleanup'>>('CleanupDelivery').implement({
  description: 'Something that is left of a run, handed to one worker to be removed.',
  fields: (t) => ({
    ...leaseFields(t),
    kind: t.field({
      type: CleanupKind,
      description: 'Why it is left.',
      resolve: ({ kind }) => kind,
    }),
    flowRunId: t.id({
      description: 'The id of the flow run.',
      resolve: ({ target }) => textOf(target['flow_run_id']) ?? '',
    }),
    infrastructurePid: t.string({
      nullable: true,
      description: 'What names the process or container of the run.',
      resolve: ({ target }) => textOf(target['infrastructure_pid']),
    }),
    data: t.field({
      type: 'JSONObject',
      description: 'What else there is to know.',
      resolve: ({ data }) => data,
    }),
  }),
});

const FlowRunCancellation = builder.objectRef<Of<'cancellation'>>('FlowRunCancellation').implement({
  description: 'A flow run of the queues of a worker that is to be stopped.',
  fields: (t) => ({
    flowRun: t.prismaField({
      type: 'FlowRun',
      description: 'The flow run as it is now.',
      resolve: (query, { flowRunId: id }, _args, ctx) =>
        ctx.server.db.prisma.flowRun.findUniqueOrThrow({ ...query, where: { id } }),
    }),
  }),
});

const TYPES = {
  ready: 'WorkerReady',
  snapshot: 'WorkPoolSnapshot',
  cleanup: 'CleanupDelivery',
  cancellation: 'FlowRunCancellation',
} as const;

const WorkerMessage = builder.unionType('WorkerMessage', {
  description: 'What a worker is told.',
  types: [WorkerReady, WorkPoolSnapshot, CleanupDelivery, FlowRunCancellation],
  resolveType: ({ type }) => TYPES[type],
});

const WorkerHelloInput = builder.inputType('WorkerHelloInput', {
  description: 'How a worker introduces itself.',
  fields: (t) => ({
    workPoolName: t.string({ required: true, description: 'The name of its work pool.' }),
    consumerId: t.id({
      required: true,
      description: 'An id of its own choice, the same whenever it comes back.',
    }),
    workerName: t.string({ required: true, description: 'Its name.' }),
    workerType: t.string({ required: true, description: 'The type of pools that it serves.' }),
    heartbeatIntervalSeconds: t.int({
      required: true,
      description: 'How often it means to be heard of.',
    }),
    requestedCapabilities: t.stringList({
      required: true,
      description: `What it wants of the channel: ${CAPABILITIES.join(', ')}.`,
    }),
    workQueueNames: t.stringList({
      description: 'The names of its queues; all of the pool without them.',
    }),
    handledCleanupKinds: t.field({
      type: [CleanupKind],
      description: 'The cleanups that it can do.',
    }),
    maxCleanupConcurrency: t.int({
      description: 'How many it does at a time; one, unless it says.',
    }),
    createPoolIfNotFound: t.boolean({ description: 'Whether a pool that is missing is made.' }),
    defaultBaseJobTemplate: t.field({
      type: 'JSONObject',
      description: 'The template for a pool that has none.',
    }),
    metadata: t.field({ type: 'JSONObject', description: 'What it tells of itself.' }),
  }),
});

const isAccepted = (capability: string, cleanups: number): boolean =>
  [HEARTBEAT, SNAPSHOT].includes(capability) || (capability === CLEANUP && cleanups > 0);

interface CleanupTerms {
  readonly requestedCapabilities: readonly string[];
  readonly handledCleanupKinds?: readonly unknown[] | null | undefined;
  readonly maxCleanupConcurrency?: number | null | undefined;
}

/** How many cleanups a worker is handed at a time: none unless it asks for them and can do some. */
const maxCleanupsOf = (hello: CleanupTerms): number => {
  const isAsked = hello.requestedCapabilities.includes(CLEANUP);
  const handles = (hello.handledCleanupKinds ?? []).length > 0;
  return isAsked && handles ? (hello.maxCleanupConcurrency ?? 1) : 0;
};

builder.subscriptionField('workerChannel', (t) =>
  t.field({
    type: WorkerMessage,
    description:
      'The channel between a worker and its pool: whether it was let in, then changes of the pool, runs to be stopped and cleanups to be done. As long as it is open, the worker counts as there.',
    args: {
      hello: t.arg({ type: WorkerHelloInput, required: true, description: 'Who comes.' }),
    },
    subscribe: async (_root, { hello }, { server }): Promise<AsyncIterable<Message>> => {
      const { heartbeatIntervalSeconds, workerName } = hello;
      const cleanupKinds = hello.handledCleanupKinds ?? [];
      requireBetween({
        heartbeatIntervalSeconds: [heartbeatIntervalSeconds, 1, MAX_HEARTBEAT_SECONDS],
        maxCleanupConcurrency: [hello.maxCleanupConcurrency ?? 1, 0, MAX_CLEANUPS],
      });
      const welcome = await welcomeWorker(server, {
        workPoolName: hello.workPoolName,
        workerName,
        workerType: hello.workerType,
        heartbeatIntervalSeconds,
        workQueueNames: hello.workQueueNames ?? [],
        createPoolIfNotFound: hello.createPoolIfNotFound ?? false,
        defaultBaseJobTemplate: hello.defaultBaseJobTemplate ?? {},
        metadata: isJsonObject(hello.metadata) ? hello.metadata : null,
      });
      return followWorkerMessages(server, welcome, {
        workerName,
        consumerId: storedId(hello.consumerId),
        heartbeatIntervalSeconds,
        cleanupKinds,
        maxCleanups: maxCleanupsOf(hello),
      });
    },
    resolve: (message, { hello }): Told => {
      if (message.type !== 'ready') return message;
      const maxCleanups = maxCleanupsOf(hello);
      const requested = [...new Set(hello.requestedCapabilities)];
      return {
        ...message,
        heartbeatIntervalSeconds: hello.heartbeatIntervalSeconds,
        maxCleanups,
        acceptedCapabilities: requested.filter((one) => isAccepted(one, maxCleanups)),
        rejectedCapabilities: requested.filter((one) => !isAccepted(one, maxCleanups)),
      };
    },
  }),
);
