import { setTimeout as delay } from 'node:timers/promises';

import type { WebSocket } from 'ws';

import type { WorkPoolRow } from '#prisma/tables.ts';
import { recordWorkerHeartbeat } from '#server/commands/worker/record-worker-heartbeat.ts';
import {
  type WorkerWelcome,
  snapshotFieldsOf,
  welcomeWorker,
} from '#server/commands/worker/welcome-worker.ts';
import type { Context } from '#server/context.ts';
import { isServerError, toError } from '#server/errors.ts';
import { readWorkPool } from '#server/queries/work-pool/read-work-pool.ts';

import {
  CHANNEL_VERSION,
  type HeartbeatFrame,
  type HelloFrame,
  type Snapshot,
  type WorkerFrame,
  cleanupConcurrency,
  isConsistent,
  readWorkerFrame,
  readyFrame,
  snapshotFrame,
} from '../wire/worker-channel.ts';
import { poolSlots } from '../work-pool-slots.ts';
import type { Conversation, Endpoint } from './conversation.ts';
import { parseFrame } from './handshake.ts';
import { CleanupDelivery, answerCleanup } from './worker-cleanups.ts';

/** Changes that come so close together are told as one. */
const COALESCE_MILLIS = 50;

const CLOSE_CODES = {
  authorization_failed: 1008,
  unsupported_version: 1008,
  protocol_error: 1002,
  heartbeat_persistence_failed: 1011,
  transient_server_error: 1011,
} as const;

type CloseReason = keyof typeof CLOSE_CODES;

/** Ends a conversation with a reason that the worker knows. */
class Refusal extends Error {
  readonly reason: CloseReason;

  constructor(reason: CloseReason) {
    super(reason);
    this.reason = reason;
  }
}

const reasonOf = (error: unknown): CloseReason => {
  if (error instanceof Refusal) return error.reason;
  if (isServerError(error, 'NOT_FOUND') || isServerError(error, 'PROTECTED'))
    return 'authorization_failed';
  return isServerError(error, 'INVALID') ? 'protocol_error' : 'transient_server_error';
};

interface Known {
  readonly hello: HelloFrame['payload'];
  readonly poolId: string;
  readonly poolName: string;
  readonly cleanups: CleanupDelivery | null;
  told: WorkPoolRow;
  sequence: number;
}

/** Serves one worker: tells it about its pool, takes its heartbeats, and hands it what has to be cleaned up. */
class WorkerConversation implements Conversation {
  readonly #ctx: Context;
  readonly #socket: WebSocket;
  readonly #poolName: string;
  #known: Known | null = null;
  #unsubscribe: (() => void) | null = null;
  #work: Promise<void> = Promise.resolve();
  #isChangeDue = false;
  #isOver = false;

  constructor(ctx: Context, socket: WebSocket, poolName: string) {
    this.#ctx = ctx;
    this.#socket = socket;
    this.#poolName = poolName;
  }

  receive(text: string): void {
    this.#then(async () => {
      const given = parseFrame(text);
      const frame = given === null ? null : readWorkerFrame(given);
      if (frame === null) throw new Refusal('protocol_error');
      await (this.#known === null ? this.#greet(frame) : this.#take(frame, this.#known));
    });
  }

  settled(): Promise<void> {
    return this.#work;
  }

  async end(): Promise<void> {
    this.#isOver = true;
    this.#unsubscribe?.();
    this.#known?.cleanups?.stop();
    await this.#work;
  }

  /** One thing after the other. */
  #then(step: () => Promise<void>): void {
    const before = this.#work;
    this.#work = this.#after(before, step);
  }

  /** Does a step; one that fails ends the conversation. */
  async #after(before: Promise<void>, step: () => Promise<void>): Promise<void> {
    await before;
    if (this.#isOver || this.#socket.readyState !== this.#socket.OPEN) return;
    try {
      await step();
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === 'transient_server_error')
        this.#ctx.log.warn({ err: error }, 'A worker could not be served.');
      this.#socket.close(CLOSE_CODES[reason], reason);
    }
  }

  async #greet(frame: WorkerFrame): Promise<void> {
    if (frame.type !== 'worker.hello.v1' || !isConsistent(frame.payload))
      throw new Refusal('protocol_error');
    const hello = frame.payload;
    if (!hello.supported_channel_versions.includes(CHANNEL_VERSION))
      throw new Refusal('unsupported_version');
    const welcome = await welcomeWorker(this.#ctx, {
      workPoolName: this.#poolName,
      workerName: hello.worker_name,
      workerType: hello.worker_type,
      heartbeatIntervalSeconds: hello.heartbeat_interval_seconds,
      workQueueNames: hello.work_queue_names,
      createPoolIfNotFound: hello.create_pool_if_not_found,
      defaultBaseJobTemplate: hello.default_base_job_template,
      metadata: hello.worker_metadata,
    });
    await this.#ready(frame, welcome);
  }

  async #ready(frame: HelloFrame, welcome: WorkerWelcome): Promise<void> {
    const { payload: hello } = frame;
    const { pool } = welcome;
    const cleanups = hello.handled_cleanup_kinds.length === 0 ? 0 : cleanupConcurrency(hello);
    const known: Known = {
      hello,
      poolId: pool.id,
      poolName: pool.name,
      told: pool,
      sequence: 1,
      cleanups:
        cleanups === 0
          ? null
          : new CleanupDelivery(this.#ctx, this.#socket, { hello, welcome, most: cleanups }),
    };
    this.#known = known;
    // Whatever changes from here on is seen; the pool as it is was read before, so it is looked at once more.
    this.#unsubscribe = this.#ctx.bus.subscribe('work-pool', ({ key }) => {
      if (key === pool.id) this.#noteChange();
    });
    const snapshot = await this.#snapshotOf(known, 'initial');
    this.#socket.send(readyFrame(frame, welcome, { snapshot, cleanups }));
    this.#noteChange();
    known.cleanups?.start();
  }

  async #take(frame: WorkerFrame, known: Known): Promise<void> {
    if (frame.type === 'worker.hello.v1') throw new Refusal('protocol_error');
    if (frame.type === 'worker.heartbeat.v1') return this.#noteHeartbeat(frame, known);
    return answerCleanup(this.#ctx, this.#socket, {
      frame,
      workPoolId: known.poolId,
      deliveries: known.cleanups,
    });
  }

  async #noteHeartbeat({ payload }: HeartbeatFrame, known: Known): Promise<void> {
    const { hello, poolId, poolName } = known;
    const isSame =
      payload.consumer_id === hello.consumer_id && payload.worker_name === hello.worker_name;
    if (!isSame) throw new Refusal('protocol_error');
    try {
      await recordWorkerHeartbeat(this.#ctx, {
        workPoolName: poolName,
        name: payload.worker_name,
        heartbeatIntervalSeconds: payload.heartbeat_interval_seconds,
      });
    } catch (error) {
      this.#ctx.log.warn(`The heartbeat of a worker was not kept: ${toError(error).message}`);
      throw new Refusal('heartbeat_persistence_failed');
    }
    const pool = await this.#readPool(poolId);
    if (pool.updated !== known.told.updated)
      await this.#tell(known, pool, 'heartbeat_reconciliation');
    known.cleanups?.look();
  }

  #noteChange(): void {
    if (this.#isChangeDue) return;
    this.#isChangeDue = true;
    this.#then(async () => {
      await delay(COALESCE_MILLIS, undefined, { ref: false });
      this.#isChangeDue = false;
      const known = this.#known;
      if (known === null) return;
      const pool = await this.#readPool(known.poolId);
      if (snapshotFieldsOf(pool) !== snapshotFieldsOf(known.told))
        await this.#tell(known, pool, 'work_pool_updated');
    });
  }

  /** The pool as it is. A worker whose pool is gone has no business here. */
  async #readPool(id: string): Promise<WorkPoolRow> {
    const pool = await readWorkPool(this.#ctx, id);
    if (pool === null) throw new Refusal('authorization_failed');
    return pool;
  }

  async #tell(known: Known, pool: WorkPoolRow, reason: string): Promise<void> {
    known.told = pool;
    known.sequence += 1;
    this.#socket.send(snapshotFrame(await this.#snapshotOf(known, reason)));
  }

  async #snapshotOf({ told: pool, sequence }: Known, reason: string): Promise<Snapshot> {
    const slots = await poolSlots(this.#ctx, [pool]);
    return { sequence, reason, pool, activeSlots: slots(pool.id) };
  }
}

/** The channel between a worker and its pool. */
export const workerChannel =
  (poolName: string): Endpoint =>
  (ctx, socket) =>
    new WorkerConversation(ctx, socket, poolName);
