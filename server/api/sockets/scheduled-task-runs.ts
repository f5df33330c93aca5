import type { WebSocket } from 'ws';

import {
  type ClaimedTaskRun,
  ackAndClaimTaskRun,
  claimTaskRun,
} from '#server/commands/delivery/claim-task-run.ts';
import {
  type DeliveryRef,
  ackDelivery,
  releaseDelivery,
} from '#server/commands/delivery/settle-delivery.ts';
import {
  OBSERVE_EVERY_SECONDS,
  forgetTaskWorker,
  observeTaskWorker,
} from '#server/commands/task-worker/observe-task-worker.ts';
import type { Context } from '#server/context.ts';
import { type Line, type Place, lineOf } from '#server/events/line.ts';
import { newId } from '#server/ids.ts';
import { SCHEDULED_TASK_RUN } from '#server/orchestration/rules/enqueue-scheduled-tasks.ts';
import { nowMicros } from '#server/time.ts';

import { taskRunToWire } from '../wire/task-run.ts';
import type { Conversation, Endpoint } from './conversation.ts';
import { parseFrame } from './handshake.ts';

const PROTOCOL_VIOLATION = 4001;
const NORMAL_CLOSURE = 1000;
const TRY_AGAIN_LATER = 1013;
/** Signals may be lost with a connection to the database; this bounds how late a run is then. */
const LOOK_MILLIS = 5000;
/** How long a client may take to acknowledge; Prefect's does so before it does anything else. */
const LEASE_SECONDS = 60;

interface Subscription {
  readonly clientId: string;
  readonly taskKeys: readonly string[];
}

type Frame = Readonly<Record<string, unknown>>;

/** What a client subscribes to, or what is wrong with its frame. */
const readSubscription = (frame: Frame): Subscription | string => {
  const { type, keys, client_id: clientId } = frame;
  if (type !== 'subscribe') return "expected 'subscribe' message";
  const isKeys = Array.isArray(keys) && keys.every((key) => typeof key === 'string');
  if (!isKeys || keys.length === 0) return "expected 'keys' in subscribe message";
  if (typeof clientId !== 'string' || clientId === '')
    return "expected 'client_id' in subscribe message";
  return { clientId, taskKeys: [...new Set(keys)] };
};

const refOf = ({ deliveryId, leaseToken }: ClaimedTaskRun): DeliveryRef => ({
  id: deliveryId,
  kind: 'TASK_RUN',
  leaseToken,
});

/** Serves one task worker: a run at a time, the next after it was acknowledged. */
class TaskWorkerConversation implements Conversation {
  readonly #ctx: Context;
  readonly #socket: WebSocket;
  readonly #line: Line;
  readonly #id = newId();
  #subscription: Subscription | null = null;
  #place: Place | null = null;
  #inFlight: ClaimedTaskRun | null = null;
  #lastKey: string | null = null;
  #observedMillis = Number.NEGATIVE_INFINITY;
  #isOver = false;
  #work: Promise<void> = Promise.resolve();

  constructor(ctx: Context, socket: WebSocket) {
    this.#ctx = ctx;
    this.#socket = socket;
    this.#line = lineOf(ctx.bus, SCHEDULED_TASK_RUN);
  }

  receive(text: string): void {
    const frame = parseFrame(text);
    if (frame === null) return this.#socket.terminate();
    if (this.#subscription === null) return this.#subscribe(frame);
    if (frame['type'] === 'quit') return this.#socket.close(NORMAL_CLOSURE);
    const held = this.#inFlight;
    // Nothing is in flight, so there is nothing that the frame could be the answer to.
    if (held === null) return undefined;
    if (frame['type'] !== 'ack') return this.#refuse("expected 'ack' message");
    this.#inFlight = null;
    return this.#then(() => this.#serveNext(held));
  }

  // A pong is no receipt here: the client sends its acknowledgements as frames of their own.
  settled(): Promise<void> {
    return Promise.resolve();
  }

  async end(isHeardOut: boolean): Promise<void> {
    this.#isOver = true;
    this.#place?.leave();
    await this.#work;
    if (this.#subscription === null) return;
    const held = this.#inFlight;
    this.#inFlight = null;
    // Whose acknowledgement may be on its way keeps the run until the lease ends: it must not be done twice.
    if (held !== null && isHeardOut)
      await releaseDelivery(this.#ctx, refOf(held), { afterSeconds: 0 });
    await forgetTaskWorker(this.#ctx, this.#id);
  }

  get #isServing(): boolean {
    return !this.#isOver && this.#socket.readyState === this.#socket.OPEN;
  }

  #refuse(reason: string): void {
    this.#socket.close(PROTOCOL_VIOLATION, `Protocol violation: ${reason}`);
  }

  #subscribe(frame: Frame): void {
    const subscription = readSubscription(frame);
    if (typeof subscription === 'string') return this.#refuse(subscription);
    this.#subscription = subscription;
    return this.#then(() => this.#serveNext());
  }

  #then(step: () => Promise<void>): void {
    this.#work = this.#work.then(step).catch((error: unknown) => {
      if (this.#isOver) return;
      this.#ctx.log.warn({ err: error }, 'A task worker could not be served; it connects again.');
      this.#socket.close(TRY_AGAIN_LATER);
    });
  }

  /** Takes note that a run was taken up, then waits for the next one and sends it. */
  async #serveNext(acknowledged: ClaimedTaskRun | null = null): Promise<void> {
    let taken = acknowledged;
    while (this.#isServing && this.#inFlight === null) {
      // The place is taken before the look, so that no run arrives unseen between the look and the wait.
      const place = this.#line.join(this.#subscription?.taskKeys ?? []);
      this.#place = place;
      try {
        // oxlint-disable-next-line no-await-in-loop -- a look, and a wait until there may be something new
        const isServed = await this.#serve(taken);
        taken = null;
        // oxlint-disable-next-line no-await-in-loop -- as above
        if (!isServed && this.#isServing) await place.wait(LOOK_MILLIS);
      } finally {
        place.leave();
      }
    }
    // Who acknowledges and goes has taken the run up all the same.
    if (taken !== null) await ackDelivery(this.#ctx, refOf(taken));
  }

  /** Sends a run if there is one. */
  async #serve(acknowledged: ClaimedTaskRun | null): Promise<boolean> {
    const { taskKeys } = await this.#observe();
    const claim = {
      taskKeys,
      holder: this.#id,
      leaseSeconds: LEASE_SECONDS,
      lastKey: this.#lastKey,
      isCounted: false,
    };
    const claimed = await (acknowledged === null
      ? claimTaskRun(this.#ctx, claim)
      : ackAndClaimTaskRun(this.#ctx, refOf(acknowledged), claim));
    if (claimed === null) return false;
    this.#line.passOn(claimed.taskKey);
    if (!this.#isServing) {
      await releaseDelivery(this.#ctx, refOf(claimed), { afterSeconds: 0 });
      return false;
    }
    this.#inFlight = claimed;
    this.#lastKey = claimed.taskKey;
    this.#socket.send(JSON.stringify(taskRunToWire(claimed.taskRun, nowMicros())));
    return true;
  }

  async #observe(): Promise<Subscription> {
    const { clientId, taskKeys } = this.#subscription ?? { clientId: '', taskKeys: [] };
    const now = performance.now();
    if (now - this.#observedMillis > OBSERVE_EVERY_SECONDS * 1000) {
      this.#observedMillis = now;
      await observeTaskWorker(this.#ctx, { id: this.#id, identifier: clientId, taskKeys });
    }
    return { clientId, taskKeys };
  }
}

/** Hands scheduled background runs to task workers. What one does not acknowledge before it goes, the next one gets. */
export const scheduledTaskRuns: Endpoint = (ctx, socket) => new TaskWorkerConversation(ctx, socket);
