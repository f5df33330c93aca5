import type { DeliveryRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { type Script, announce, one } from '#server/db/script.ts';
import {
  countHeldDeliveries,
  enqueueDeliveryOnce,
  leaseDelivery,
  lockWaitingCleanup,
} from '#server/db/sql/delivery-statements.ts';
import { newId } from '#server/ids.ts';
import { type JsonObject, isJsonObject, json } from '#server/json.ts';
import { addSeconds, nowMicros } from '#server/time.ts';

import { type Lease, WAITING_CLEANUP, leaseOf, newLeaseToken } from './lease.ts';

/** What has to be removed of a run: that of one whose cancellation took too long, or of one that nobody started. */
export const CLEANUP_KINDS = [
  'cancelling_timeout_teardown.v1',
  'pending_claim_teardown.v1',
] as const;

export type CleanupKind = (typeof CLEANUP_KINDS)[number];

/** Something to be removed by a worker of a pool. */
export interface Cleanup {
  readonly kind: CleanupKind;
  readonly workPoolId: string;
  readonly workQueueId: string | null;
  /** What it is about: `flow_run_id`, `infrastructure_pid` and, for some kinds, `claim_id`. */
  readonly target: JsonObject & { readonly flow_run_id: string };
  /** Tells this occasion from others of the same run. */
  readonly occasion: string;
}

export interface ReservedCleanup extends Lease {
  readonly kind: CleanupKind;
  readonly workQueueId: string | null;
  readonly target: JsonObject;
  readonly data: JsonObject;
}

const readObject = (value: unknown): JsonObject =>
  // A column of JSON gives what JSON can carry.
  isJsonObject(value) ? value : {};

const cleanupKindOf = ({ data }: DeliveryRow): CleanupKind | undefined =>
  CLEANUP_KINDS.find((kind) => kind === readObject(data)['kind']);

const queueIdOf = ({ data }: DeliveryRow): string | null => {
  const id = readObject(data)['work_queue_id'];
  return typeof id === 'string' ? id : null;
};

/** Puts a cleanup into the queue of its pool; once for each occasion. */
export function* enqueueCleanup({
  kind,
  workPoolId,
  workQueueId,
  target,
  occasion,
}: Cleanup): Script<void> {
  const now = nowMicros();
  const key = `${target.flow_run_id}:${kind}:${occasion}`;
  const data = json({ kind, work_queue_id: workQueueId, target, data: {} });
  const row = yield* one(
    enqueueDeliveryOnce(newId(), now, now, 'CLEANUP', workPoolId, key, 1, now, data),
  );
  if (row !== null) yield* announce(WAITING_CLEANUP, workPoolId);
}

export interface CleanupReservation {
  readonly workPoolId: string;
  readonly kinds: readonly CleanupKind[];
  /** Those of the worker's queues. */
  readonly workQueueIds: readonly string[];
  /** Whether a cleanup of a queue that is none of the worker's will do. */
  readonly takesAny: boolean;
  readonly holder: string;
  /** How many the holder may have at a time. */
  readonly most: number;
  readonly leaseSeconds: number;
}

/** Hands one cleanup to a worker that has not too many yet; null when there is none for it. */
export const reserveCleanup = (
  ctx: Context,
  wanted: CleanupReservation,
): Promise<ReservedCleanup | null> =>
  ctx.db.write(function* () {
    const { workPoolId, holder } = wanted;
    const now = nowMicros();
    const held = yield* one(countHeldDeliveries('CLEANUP', workPoolId, holder, now));
    if ((held?.total ?? 0) >= wanted.most) return null;
    const { kinds, takesAny, workQueueIds } = wanted;
    const chosen = yield* one(
      lockWaitingCleanup(workPoolId, now, json(kinds), takesAny ? 1 : 0, json(workQueueIds)),
    );
    if (chosen === null) return null;
    const ends = addSeconds(now, wanted.leaseSeconds);
    const row = yield* one(leaseDelivery(holder, newLeaseToken(), ends, now, chosen.id));
    const kind = row === null ? undefined : cleanupKindOf(row);
    if (row === null || kind === undefined) return null;
    const { target, data } = readObject(row.data);
    return {
      ...leaseOf(row),
      kind,
      workQueueId: queueIdOf(row),
      target: readObject(target),
      data: readObject(data),
    };
  });
