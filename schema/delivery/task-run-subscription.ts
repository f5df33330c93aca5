import { type ClaimedTaskRun, claimTaskRun } from '#server/commands/delivery/claim-task-run.ts';
import {
  OBSERVE_EVERY_SECONDS,
  type ObservedTaskWorker,
  forgetTaskWorker,
  observeTaskWorker,
} from '#server/commands/task-worker/observe-task-worker.ts';
import type { Context } from '#server/context.ts';
import { newId } from '#server/ids.ts';
import { SCHEDULED_TASK_RUN } from '#server/orchestration/rules/enqueue-scheduled-tasks.ts';

import { builder } from '../builder.ts';
import { deliver } from '../streams/deliveries.ts';
import { requireBetween } from './arguments.ts';
import { leaseFields } from './lease-fields.ts';
import { MAX_LEASE_SECONDS, MAX_PREFETCH } from './mutations.ts';

const TaskRunDelivery = builder.objectRef<ClaimedTaskRun>('TaskRunDelivery').implement({
  description: 'A background run of a task, handed to one task worker.',
  fields: (t) => ({
    ...leaseFields(t),
    taskRun: t.prismaField({
      type: 'TaskRun',
      description: 'The task run.',
      resolve: (query, { taskRun: { id } }, _args, ctx) =>
        ctx.server.db.prisma.taskRun.findUniqueOrThrow({ ...query, where: { id } }),
    }),
  }),
});

/** Tells now and then that a task worker is there. */
const noteNowAndThen = (ctx: Context, worker: ObservedTaskWorker): (() => Promise<void>) => {
  let noted = Number.NEGATIVE_INFINITY;
  return async () => {
    const now = performance.now();
    if (now - noted < OBSERVE_EVERY_SECONDS * 1000) return;
    noted = now;
    await observeTaskWorker(ctx, worker);
  };
};

interface Wanted {
  readonly taskKeys: readonly string[];
  readonly holder: string;
  readonly leaseSeconds: number;
}

/** Claims as many runs as there is room for, the tasks by turns. */
const createClaims = (ctx: Context, { taskKeys, holder, leaseSeconds }: Wanted) => {
  let lastKey: string | null = null;
  return async (limit: number): Promise<readonly ClaimedTaskRun[]> => {
    const items: ClaimedTaskRun[] = [];
    while (items.length < limit) {
      const claim = { taskKeys, holder, leaseSeconds, lastKey, isCounted: true };
      // oxlint-disable-next-line no-await-in-loop -- each claim depends on which task had the last
      const claimed = await claimTaskRun(ctx, claim);
      if (claimed === null) break;
      lastKey = claimed.taskKey;
      items.push(claimed);
    }
    return items;
  };
};

builder.subscriptionField('scheduledTaskRuns', (t) =>
  t.field({
    type: TaskRunDelivery,
    description:
      'Background runs of tasks, each handed to one task worker at a time: retries first, then by age, the tasks by turns. A run that is not acknowledged before its lease ends is handed out again, at most five times.',
    args: {
      taskKeys: t.arg.stringList({ required: true, description: 'The keys of the tasks.' }),
      clientId: t.arg.id({ required: true, description: 'What the task worker calls itself.' }),
      prefetch: t.arg.int({
        defaultValue: 1,
        description: 'How many may be out without an acknowledgement.',
      }),
      leaseSeconds: t.arg.float({ defaultValue: 60, description: 'How long a lease lasts.' }),
    },
    subscribe: async (_root, args, { server }) => {
      const prefetch = args.prefetch ?? 1;
      const leaseSeconds = args.leaseSeconds ?? 60;
      const taskKeys = [...new Set(args.taskKeys)];
      requireBetween({
        'taskKeys.length': [taskKeys.length, 1, 10_000],
        prefetch: [prefetch, 1, MAX_PREFETCH],
        leaseSeconds: [leaseSeconds, 1, MAX_LEASE_SECONDS],
      });
      const id = newId();
      const worker = { id, identifier: args.clientId, taskKeys };
      const claim = createClaims(server, { taskKeys, holder: id, leaseSeconds });
      return deliver<ClaimedTaskRun>(server, {
        kind: 'TASK_RUN',
        holder: id,
        prefetch,
        topic: SCHEDULED_TASK_RUN,
        runIdOf: ({ taskRun }) => taskRun.id,
        note: noteNowAndThen(server, worker),
        forget: () => forgetTaskWorker(server, id),
        claim: async (limit) => ({
          items: await claim(limit),
          queues: taskKeys,
          alsoWatched: [],
          nextAt: null,
        }),
      });
    },
    resolve: (delivery) => delivery,
  }),
);
