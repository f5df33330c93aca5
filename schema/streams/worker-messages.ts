import { GraphQLError } from 'graphql';

import type { WorkPoolRow } from '#prisma/tables.ts';
import {
  type CleanupKind,
  type ReservedCleanup,
  reserveCleanup,
} from '#server/commands/delivery/cleanup-queue.ts';
import { WAITING_CLEANUP } from '#server/commands/delivery/lease.ts';
import { SETTLED_DELIVERY } from '#server/commands/delivery/settle-delivery.ts';
import { recordWorkerHeartbeat } from '#server/commands/worker/record-worker-heartbeat.ts';
import { type WorkerWelcome, snapshotFieldsOf } from '#server/commands/worker/welcome-worker.ts';
import type { Context } from '#server/context.ts';
import { lineOf } from '#server/events/line.ts';
import { CANCELLING_FLOW_RUN } from '#server/orchestration/announce-queued-run.ts';
import { readCancellingFlowRuns } from '#server/queries/flow-run/read-cancelling-flow-runs.ts';
import { readWorkPool } from '#server/queries/work-pool/read-work-pool.ts';

import { type Pull, createStream } from './stream.ts';

/** Signals may be lost with a connection to the database; this bounds how late a worker is told then. */
const LOOK_MILLIS = 5000;

export interface WorkerTerms {
  readonly workerName: string;
  readonly consumerId: string;
  readonly heartbeatIntervalSeconds: number;
  readonly cleanupKinds: readonly CleanupKind[];
  /** How many cleanups it does at a time; none at all when it is 0. */
  readonly maxCleanups: number;
}

export interface SnapshotMessage {
  readonly type: 'snapshot';
  readonly sequence: number;
  readonly reason: string;
  readonly workPoolId: string;
}

export type WorkerMessage =
  | { readonly type: 'ready'; readonly welcome: WorkerWelcome; readonly snapshot: SnapshotMessage }
  | SnapshotMessage
  | ({ readonly type: 'cleanup' } & ReservedCleanup)
  | { readonly type: 'cancellation'; readonly flowRunId: string };

type Due = 'pool' | 'cleanup' | 'cancellation';

/** One worker that listens: what it was told, and what it has yet to be told. */
class Listener {
  readonly #ctx: Context;
  readonly #welcome: WorkerWelcome;
  readonly #terms: WorkerTerms;
  readonly #due = new Set<Due>(['pool', 'cleanup', 'cancellation']);
  /** The states of cancelled runs that were told, so that each is told once. */
  readonly #toldStates = new Set<string>();
  readonly #unsubscribe: readonly (() => void)[];
  readonly #place;
  #told: WorkPoolRow;
  #sequence = 1;
  #isGreeted = false;
  #heartbeatMillis = performance.now();
  #lookedMillis = performance.now();

  constructor(ctx: Context, welcome: WorkerWelcome, terms: WorkerTerms) {
    this.#ctx = ctx;
    this.#welcome = welcome;
    this.#terms = terms;
    this.#told = welcome.pool;
    this.#place = lineOf(ctx.bus, WAITING_CLEANUP).join([]);
    const queues = new Set(welcome.workQueues.map(({ id }) => id));
    const on = (topic: string, due: Due, isWanted: (key: string) => boolean): (() => void) =>
      ctx.bus.subscribe(topic, ({ key }) => {
        if (!isWanted(key)) return;
        this.#due.add(due);
        this.#place.rouse();
      });
    const isMyPool = (key: string): boolean => key === welcome.pool.id;
    this.#unsubscribe = [
      on('work-pool', 'pool', isMyPool),
      on(WAITING_CLEANUP, 'cleanup', isMyPool),
      on(SETTLED_DELIVERY, 'cleanup', (key) => key === this.#holder()),
      on(CANCELLING_FLOW_RUN, 'cancellation', (key) => queues.has(key)),
    ];
  }

  async wait(): Promise<void> {
    const beat = this.#terms.heartbeatIntervalSeconds * 1000;
    const untilBeat = Math.max(0, this.#heartbeatMillis + beat - performance.now());
    const untilLook = Math.max(0, this.#lookedMillis + LOOK_MILLIS - performance.now());
    await this.#place.wait(Math.min(untilLook, untilBeat));
    if (performance.now() - this.#lookedMillis < LOOK_MILLIS) return;
    this.#lookedMillis = performance.now();
    for (const due of ['pool', 'cleanup', 'cancellation'] as const) this.#due.add(due);
  }

  async pull(): Promise<Pull<WorkerMessage>> {
    if (!this.#isGreeted) {
      this.#isGreeted = true;
      const snapshot = this.#snapshot('initial');
      return { items: [{ type: 'ready', welcome: this.#welcome, snapshot }], hasMore: true };
    }
    await this.#beat();
    const due = new Set(this.#due);
    this.#due.clear();
    const items = [
      ...(due.has('pool') ? await this.#poolNews() : []),
      ...(due.has('cancellation') ? await this.#cancellations() : []),
      ...(due.has('cleanup') ? await this.#cleanups() : []),
    ];
    return { items, hasMore: false };
  }

  close(): void {
    for (const stop of this.#unsubscribe) stop();
    this.#place.leave();
  }

  #holder(): string {
    return `${this.#terms.consumerId} ${this.#terms.workerName}`;
  }

  #snapshot(reason: string): SnapshotMessage {
    const workPoolId = this.#welcome.pool.id;
    return { type: 'snapshot', sequence: this.#sequence, reason, workPoolId };
  }

  /** A worker that listens is there: no further word of it is needed. */
  async #beat(): Promise<void> {
    const { heartbeatIntervalSeconds, workerName: name } = this.#terms;
    const now = performance.now();
    if (now - this.#heartbeatMillis < heartbeatIntervalSeconds * 1000) return;
    this.#heartbeatMillis = now;
    const { name: workPoolName } = this.#welcome.pool;
    await recordWorkerHeartbeat(this.#ctx, { workPoolName, name, heartbeatIntervalSeconds });
  }

  async #poolNews(): Promise<readonly WorkerMessage[]> {
    const pool = await readWorkPool(this.#ctx, this.#welcome.pool.id);
    if (pool === null) {
      throw new GraphQLError('The work pool is gone.', { extensions: { code: 'NOT_FOUND' } });
    }
    if (snapshotFieldsOf(pool) === snapshotFieldsOf(this.#told)) return [];
    this.#told = pool;
    this.#sequence += 1;
    return [this.#snapshot('work_pool_updated')];
  }

  async #cancellations(): Promise<readonly WorkerMessage[]> {
    const queues = this.#welcome.workQueues.map(({ id }) => id);
    const runs = await readCancellingFlowRuns(this.#ctx, queues);
    const news = runs.filter(({ stateId }) => !this.#toldStates.has(stateId ?? ''));
    this.#toldStates.clear();
    for (const { stateId } of runs) this.#toldStates.add(stateId ?? '');
    return news.map(({ id }) => ({ type: 'cancellation', flowRunId: id }));
  }

  async #cleanups(): Promise<readonly WorkerMessage[]> {
    const { maxCleanups: most, cleanupKinds: kinds } = this.#terms;
    const { pool, workQueues } = this.#welcome;
    const items: WorkerMessage[] = [];
    while (items.length < most) {
      const wanted = {
        workPoolId: pool.id,
        kinds,
        workQueueIds: workQueues.map(({ id }) => id),
        takesAny: true,
        holder: this.#holder(),
        most,
        leaseSeconds: this.#ctx.settings.workerChannel.cleanupLeaseSeconds,
      };
      // oxlint-disable-next-line no-await-in-loop -- one after the other, while there is room
      const cleanup = await reserveCleanup(this.#ctx, wanted);
      if (cleanup === null) break;
      items.push({ type: 'cleanup', ...cleanup });
    }
    return items;
  }
}

/** What a worker has to know of its pool: what it is, when it changes, what to stop and what to clean up. */
export const followWorkerMessages = (
  ctx: Context,
  welcome: WorkerWelcome,
  terms: WorkerTerms,
): AsyncIterableIterator<WorkerMessage> => {
  const listener = new Listener(ctx, welcome, terms);
  const wake = {
    wait: () => listener.wait(),
    rest: () => listener.wait(),
    close: () => listener.close(),
  };
  return createStream(wake, () => listener.pull());
};
