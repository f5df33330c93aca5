import { putTagLimit } from '#server/commands/concurrency-limit/limit-commands.ts';
import { leaseFlowRuns } from '#server/commands/delivery/lease-flow-runs.ts';
import { createDeployment } from '#server/commands/deployment/create-deployment.ts';
import { createFlowRunFromDeployment } from '#server/commands/deployment/create-flow-run-from-deployment.ts';
import { deleteDeployments } from '#server/commands/deployment/delete-deployment.ts';
import { updateDeployment } from '#server/commands/deployment/update-deployment.ts';
import { deleteFlowRuns } from '#server/commands/flow-run/delete-flow-run.ts';
import { createFlow } from '#server/commands/flow/create-flow.ts';
import { deleteFlows } from '#server/commands/flow/delete-flow.ts';
import { createTaskRun } from '#server/commands/task-run/create-task-run.ts';
import { createWorkPool } from '#server/commands/work-pool/create-work-pool.ts';
import { deleteWorkPool } from '#server/commands/work-pool/delete-work-pool.ts';
import { getScheduledFlowRuns } from '#server/commands/work-pool/get-scheduled-flow-runs.ts';
import { createWorkQueue } from '#server/commands/work-queue/create-work-queue.ts';
import { recordWorkerHeartbeat } from '#server/commands/worker/record-worker-heartbeat.ts';
import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import { isServerError } from '#server/errors.ts';
import { pending, running, scheduled } from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import { setTaskRunState } from '#server/orchestration/set-task-run-state.ts';
import type { ProposedState } from '#server/orchestration/states.ts';
import { listServices } from '#server/services/index.ts';
import { nowMicros } from '#server/time.ts';

const FLOWS = ['f0', 'f1', 'f2'];
const POOLS = ['p0', 'p1'];
const QUEUES = ['default', 'q1', 'q2'];
const TAGS = ['t0', 't1', 't2'];

const idsOf = (table: string) =>
  statement<[], { readonly id: string }>(`SELECT id FROM ${table} ORDER BY id`);

const TABLES = {
  flow: idsOf('flow'),
  deployment: idsOf('deployment'),
  flowRun: idsOf('flow_run'),
  taskRun: idsOf('task_run'),
};

const completed = (): ProposedState => ({ ...running(), type: 'COMPLETED', name: 'Completed' });

interface Chance {
  /** One of them; undefined of none. */
  one<T>(list: readonly T[]): T | undefined;
  /** Some of them in any order. */
  few<T>(list: readonly T[], most: number): readonly T[];
}

/** Chance that is the same each time for one seed. */
const chanceOf = (seed: number): Chance => {
  let state = seed;
  const below = (bound: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
  return {
    one: (list) => list[below(list.length)],
    few: (list, most) =>
      list
        .map((item) => ({ item, at: below(1_000_000) }))
        .toSorted((one, other) => one.at - other.at)
        .slice(0, most)
        .map(({ item }) => item),
  };
};

/** What a caller may be told while others remove what it works with. */
const allowRefusal = (error: unknown): void => {
  if (!isServerError(error)) throw error;
};

/** Makes what is missing of a small house in which everybody meets everybody. */
const build = async (ctx: Context, chance: Chance): Promise<void> => {
  for (const name of POOLS) {
    await createWorkPool(ctx, { name, type: 'process', concurrencyLimit: 5 }).catch(allowRefusal);
    for (const queue of QUEUES.slice(1)) {
      await createWorkQueue(ctx, { workPoolName: name, name: queue }).catch(allowRefusal);
    }
  }
  for (const name of FLOWS) {
    const { flow } = await createFlow(ctx, { name });
    await createDeployment(ctx, {
      flowId: flow.id,
      name: chance.one(['a', 'b']) ?? 'a',
      workPoolName: chance.one(POOLS),
      workQueueName: chance.one(QUEUES),
      concurrencyLimit: 2,
    }).catch(allowRefusal);
  }
};

type Call = (ctx: Context, chance: Chance) => Promise<unknown>;

const idsIn = async (ctx: Context, table: keyof typeof TABLES): Promise<readonly string[]> =>
  (await ctx.db.read(() => rows(TABLES[table]()))).map(({ id }) => id);

/** Does something with one of what there is, if there is any. */
const withOne =
  (table: keyof typeof TABLES, call: (ctx: Context, id: string, chance: Chance) => unknown): Call =>
  async (ctx, chance) => {
    const id = chance.one(await idsIn(ctx, table));
    if (id !== undefined) await call(ctx, id, chance);
  };

const createRun = withOne('deployment', (ctx, deploymentId) =>
  createFlowRunFromDeployment(ctx, {
    deploymentId,
    input: { state: scheduled({ at: nowMicros() }) },
  }),
);

const doRun = withOne('flowRun', async (ctx, flowRunId) => {
  for (const proposed of [pending(), running(), completed()]) {
    await setFlowRunState(ctx, { flowRunId, proposed });
  }
});

const startTask = withOne('flowRun', async (ctx, flowRunId, chance) => {
  const { taskRun } = await createTaskRun(ctx, {
    flowRunId,
    taskKey: 'task',
    dynamicKey: crypto.randomUUID(),
    state: pending(),
    tags: chance.few(TAGS, 2),
  });
  await setTaskRunState(ctx, { taskRunId: taskRun.id, proposed: running() });
});

const endTask = withOne('taskRun', (ctx, taskRunId) =>
  setTaskRunState(ctx, { taskRunId, proposed: completed() }),
);

const poll: Call = (ctx, chance) =>
  getScheduledFlowRuns(ctx, { workPoolName: chance.one(POOLS) ?? '', limit: 5 });

const lease: Call = (ctx, chance) =>
  leaseFlowRuns(ctx, {
    source: { workPoolName: chance.one(POOLS) ?? '', workQueueNames: [] },
    holder: 'worker',
    leaseSeconds: 1,
    prefetchSeconds: 10,
    limit: 3,
  });

const beat: Call = (ctx, chance) =>
  recordWorkerHeartbeat(ctx, {
    workPoolName: chance.one(POOLS) ?? '',
    name: chance.one(['w1', 'w2']) ?? '',
    heartbeatIntervalSeconds: 30,
  });

const changeDeployment = withOne('deployment', (ctx, id, chance) =>
  updateDeployment(ctx, {
    id,
    changes: {
      concurrencyLimit: chance.one([1, 2, null]),
      workPoolName: chance.one(POOLS),
      workQueueName: chance.one(QUEUES),
    },
  }),
);

const changeTagLimit: Call = (ctx, chance) =>
  putTagLimit(ctx, { tag: chance.one(TAGS) ?? '', limit: 3 });

const tick: Call = async (ctx, chance) => chance.one(listServices())?.runOnce(ctx);

const removeRuns: Call = async (ctx, chance) =>
  deleteFlowRuns(ctx, { flowRunIds: chance.few(await idsIn(ctx, 'flowRun'), 5) });

const removeDeployments: Call = async (ctx, chance) => {
  await deleteDeployments(ctx, chance.few(await idsIn(ctx, 'deployment'), 3));
  await build(ctx, chance);
};

const removeFlows: Call = async (ctx, chance) => {
  await deleteFlows(ctx, chance.few(await idsIn(ctx, 'flow'), 2));
  await build(ctx, chance);
};

const removePool: Call = async (ctx, chance) => {
  await deleteWorkPool(ctx, { name: chance.one(POOLS) ?? '' });
  await build(ctx, chance);
};

/** Each as often as it comes up among a hundred calls. */
const CALLS: readonly Call[] = [
  ...Array.from({ length: 12 }, () => createRun),
  ...Array.from({ length: 20 }, () => doRun),
  ...Array.from({ length: 12 }, () => startTask),
  ...Array.from({ length: 12 }, () => endTask),
  ...Array.from({ length: 9 }, () => poll),
  ...Array.from({ length: 8 }, () => lease),
  ...Array.from({ length: 5 }, () => beat),
  ...Array.from({ length: 3 }, () => changeDeployment),
  ...Array.from({ length: 3 }, () => changeTagLimit),
  ...Array.from({ length: 5 }, () => tick),
  ...Array.from({ length: 5 }, () => removeRuns),
  ...Array.from({ length: 2 }, () => removeDeployments),
  ...Array.from({ length: 2 }, () => removeFlows),
  ...Array.from({ length: 2 }, () => removePool),
];

interface Storm {
  readonly seed: number;
  readonly clients: number;
  /** Calls of each client. */
  readonly calls: number;
}

/** Lets clients use and remove the same few things at once; refusals are fine, anything else that is thrown is not. */
export const storm = async (ctx: Context, { seed, clients, calls }: Storm): Promise<void> => {
  await build(ctx, chanceOf(seed));
  const client = async (chance: Chance): Promise<void> => {
    for (let done = 0; done < calls; done += 1) {
      await chance.one(CALLS)?.(ctx, chance).catch(allowRefusal);
    }
  };
  await Promise.all(
    Array.from({ length: clients }, (_, index) => client(chanceOf(seed * 1000 + index))),
  );
};
