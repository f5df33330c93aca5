import type { Client } from './client.ts';
import {
  AckDeliveryDocument,
  ScheduledFlowRunsDocument,
  WorkerHeartbeatDocument,
  type ScheduledFlowRunsSubscription,
} from './generated/graphql.ts';
import { type Handle, propose, workOnRun } from './work-on-run.ts';

export type { Handle, Work } from './work-on-run.ts';

const HEARTBEAT_SECONDS = 30;
const MILLIS = 1000;

export type WorkerOptions = {
  /** The name of the work pool whose runs it does. */
  readonly workPoolName: string;
  /** The names of queues of the pool; all without them. */
  readonly workQueueNames?: readonly string[];
  /** What it is called among the workers of the pool. */
  readonly name: string;
  /** How many runs it does at a time; 1 unless told. */
  readonly concurrency?: number;
  readonly handle: Handle;
  /** Ends the work: no other run is taken, and the worker's promise resolves when those at hand are done. */
  readonly signal: AbortSignal;
  /** Told what went wrong with one run or one heartbeat while the worker goes on; the console unless told. */
  readonly onError?: (error: unknown) => void;
};

type Delivery = ScheduledFlowRunsSubscription['scheduledFlowRuns'];

/** Says that the worker is there, now and from then on. Rejects when the first time fails. */
const beat = async (client: Client, options: WorkerOptions): Promise<NodeJS.Timeout> => {
  const { workPoolName, name, onError = console.error } = options;
  const input = { workPoolName, name, heartbeatIntervalSeconds: HEARTBEAT_SECONDS };
  const tell = () => client.mutate(WorkerHeartbeatDocument, { input });
  await tell();
  return setInterval(() => void tell().catch(onError), MILLIS * HEARTBEAT_SECONDS);
};

/** Whether the run is this worker's now. Who is not given it says so, to be offered another. */
const claim = async (client: Client, delivery: Delivery): Promise<boolean> => {
  const { deliveryId, leaseToken, flowRun } = delivery;
  if (await propose(client, flowRun.id, { type: 'PENDING' })) return true;
  const input = { deliveryId, leaseToken, kind: 'FLOW_RUN' } as const;
  // A lease that is over by now needs no word any more, and that answer is no failure.
  await client.request(AckDeliveryDocument, { input });
  return false;
};

const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/**
 * A worker of a work pool: takes runs as they become due, does as many as it may at a time, and tells the server of
 * their states, until the signal comes. Rejects with NOT_FOUND when there is no such pool.
 */
export const runWorker = async (client: Client, options: WorkerOptions): Promise<void> => {
  const { workPoolName, workQueueNames, name, concurrency = 1, signal, handle } = options;
  const { onError = console.error } = options;
  const heartbeat = await beat(client, options);
  const stop = stopped(signal);
  const running = new Set<Promise<void>>();
  const start = async (delivery: Delivery): Promise<void> => {
    if (!(await claim(client, delivery))) return;
    const doing = { run: delivery.flowRun, workerName: name, handle, onError };
    const work = workOnRun(client, doing)
      .catch(onError)
      .finally(() => running.delete(work));
    running.add(work);
  };
  const variables = {
    workPoolName,
    workerName: name,
    workQueueNames: workQueueNames === undefined ? null : [...workQueueNames],
  };
  /** Takes runs while there is room. The stream ends before the last is taken up, so that no other is sent here. */
  const fill = async (): Promise<void> => {
    let last: Delivery | null = null;
    for await (const { scheduledFlowRuns: delivery } of client.subscribe(
      ScheduledFlowRunsDocument,
      variables,
      { signal },
    )) {
      last = running.size + 1 < concurrency ? null : delivery;
      if (last !== null) break;
      await start(delivery).catch(onError);
    }
    if (last !== null) await start(last).catch(onError);
  };
  try {
    while (!signal.aborted) {
      // oxlint-disable-next-line no-await-in-loop -- there is nothing to do until there is room again
      if (running.size < concurrency) await fill();
      // oxlint-disable-next-line no-await-in-loop -- as above
      else await Promise.race([...running, stop]);
    }
  } finally {
    clearInterval(heartbeat);
    await Promise.all(running);
  }
};
