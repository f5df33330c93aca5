import { setTimeout as delay } from 'node:timers/promises';

import type { WebSocket } from 'ws';

import { reserveCleanup } from '#server/commands/delivery/cleanup-queue.ts';
import { WAITING_CLEANUP } from '#server/commands/delivery/lease.ts';
import {
  type DeliveryRef,
  ackDelivery,
  releaseDelivery,
  renewDelivery,
} from '#server/commands/delivery/settle-delivery.ts';
import type { WorkerWelcome } from '#server/commands/worker/welcome-worker.ts';
import type { Context } from '#server/context.ts';

import {
  type CleanupFrame,
  type CleanupResult,
  type HelloFrame,
  cleanupFrame,
  operationResultFrame,
} from '../wire/worker-channel.ts';

/** For so long a cleanup is left to the workers of its own queue. */
const OTHERS_WAIT_MILLIS = 200;

interface Delivered {
  readonly hello: HelloFrame['payload'];
  readonly welcome: WorkerWelcome;
  /** How many cleanups the worker does at a time. */
  readonly most: number;
}

/** Hands cleanups to one worker, as many at a time as it can do. */
export class CleanupDelivery {
  readonly #ctx: Context;
  readonly #socket: WebSocket;
  readonly #to: Delivered;
  #unsubscribe: (() => void) | null = null;
  #isLooking = false;
  #isNews = false;

  constructor(ctx: Context, socket: WebSocket, to: Delivered) {
    this.#ctx = ctx;
    this.#socket = socket;
    this.#to = to;
  }

  start(): void {
    const { pool } = this.#to.welcome;
    this.#unsubscribe = this.#ctx.bus.subscribe(WAITING_CLEANUP, ({ key }) => {
      if (key === pool.id) this.look();
    });
    this.look();
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
  }

  /** Looks for cleanups that the worker has room for. */
  look(): void {
    this.#isNews = true;
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#deliver()
      .catch((error: unknown) => {
        if (this.#isOpen()) this.#ctx.log.warn({ err: error }, 'Cleanups could not be handed out.');
      })
      .finally(() => {
        this.#isLooking = false;
      });
  }

  async #deliver(): Promise<void> {
    while (this.#isNews && this.#isOpen()) {
      this.#isNews = false;
      // oxlint-disable-next-line no-await-in-loop -- one cleanup after the other, while there is room
      while (await this.#deliverOne(false));
      // oxlint-disable-next-line no-await-in-loop -- gives the others their turn
      await delay(OTHERS_WAIT_MILLIS, undefined, { ref: false });
      // oxlint-disable-next-line no-await-in-loop -- as above
      while (await this.#deliverOne(true));
    }
  }

  async #deliverOne(takesAny: boolean): Promise<boolean> {
    if (!this.#isOpen()) return false;
    const { hello, welcome, most } = this.#to;
    const cleanup = await reserveCleanup(this.#ctx, {
      workPoolId: welcome.pool.id,
      kinds: hello.handled_cleanup_kinds,
      workQueueIds: welcome.workQueues.map(({ id }) => id),
      takesAny,
      // A worker that comes back is still at what it was given before.
      holder: `${hello.consumer_id} ${hello.worker_name}`,
      most,
      leaseSeconds: this.#ctx.settings.workerChannel.cleanupLeaseSeconds,
    });
    if (cleanup === null) return false;
    this.#socket.send(cleanupFrame(cleanup));
    return true;
  }

  #isOpen(): boolean {
    return this.#unsubscribe !== null && this.#socket.readyState === this.#socket.OPEN;
  }
}

const settle = (ctx: Context, frame: CleanupFrame, queue: string): Promise<CleanupResult> => {
  const ref: DeliveryRef = {
    id: frame.payload.message_id,
    kind: 'CLEANUP',
    leaseToken: frame.payload.reservation_token,
    queue,
  };
  if (frame.type === 'cleanup.ack.v1') return ackDelivery(ctx, ref);
  if (frame.type === 'cleanup.release.v1') return releaseDelivery(ctx, ref, { afterSeconds: 0 });
  return renewDelivery(ctx, ref, {
    leaseSeconds: ctx.settings.workerChannel.cleanupLeaseSeconds,
  });
};

interface Answered {
  readonly frame: CleanupFrame;
  readonly workPoolId: string;
  /** Null for a worker that is handed no cleanups. */
  readonly deliveries: CleanupDelivery | null;
}

/** Does what a worker says of a cleanup that it was handed, and tells it what became of that. */
export const answerCleanup = async (
  ctx: Context,
  socket: WebSocket,
  { frame, workPoolId, deliveries }: Answered,
): Promise<void> => {
  const refused = (status: CleanupResult['status'], reason: string): CleanupResult => ({
    status,
    reason,
    leaseExpiresAt: null,
  });
  if (deliveries === null) {
    const result = refused('unauthorized', 'cleanup_delivery_not_accepted');
    return socket.send(operationResultFrame(frame, result));
  }
  const result = await settle(ctx, frame, workPoolId).catch((error: unknown) => {
    ctx.log.warn({ err: error }, 'What a worker said of a cleanup could not be written.');
    return refused('error', 'cleanup_queue_operation_failed');
  });
  socket.send(operationResultFrame(frame, result));
  return deliveries.look();
};
