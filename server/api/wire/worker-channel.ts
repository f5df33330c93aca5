import type { WorkPoolRow } from '#prisma/tables.ts';
import { CLEANUP_KINDS, type ReservedCleanup } from '#server/commands/delivery/cleanup-queue.ts';
import type { Settlement } from '#server/commands/delivery/settle-delivery.ts';
import type { WorkerWelcome } from '#server/commands/worker/welcome-worker.ts';
import { newId } from '#server/ids.ts';
import { formatInstant, formatOptionalInstant, nowMicros } from '#server/time.ts';

import { columnInteger } from './column-integer.ts';
import { datetime } from './pydantic/datetime.ts';
import type { Schema } from './pydantic/refusal.ts';
import { boolean, choice, text, uuid } from './pydantic/scalar.ts';
import { dictionary, list, model } from './pydantic/shapes.ts';
import { workPoolToWire } from './work-pool.ts';

export const CHANNEL_VERSION = 'work_pool_worker_channel.v1';

const REQUIRED_CAPABILITIES = ['worker_heartbeat.v1', 'work_pool_snapshot.v1'] as const;
const CLEANUP_CAPABILITY = 'cleanup_delivery.v1';

const filled = text({ minLength: 1 });
const positive = columnInteger({ above: 0 });

const frame = <const Type extends string, Payload>(type: Type, payload: Schema<Payload>) =>
  model({ type: choice([type], 'literal_error'), id: uuid, sent_at: datetime, payload });

const helloPayload = model({
  consumer_id: uuid,
  worker_name: filled,
  worker_type: filled,
  heartbeat_interval_seconds: positive,
  supported_channel_versions: list(filled, { atLeast: 1 }),
  requested_capabilities: list(filled, { atLeast: 1 }),
  work_queue_names: list(filled).default([]),
  handled_cleanup_kinds: list(choice(CLEANUP_KINDS)).default([]),
  max_cleanup_concurrency: columnInteger({ atLeast: 0 }).optional(),
  create_pool_if_not_found: boolean.default(false),
  default_base_job_template: dictionary.default({}),
  worker_metadata: dictionary.nullable().default(null),
});

const heldPayload = { message_id: uuid, reservation_token: filled };

const FRAMES = {
  'worker.hello.v1': frame('worker.hello.v1', helloPayload),
  'worker.heartbeat.v1': frame(
    'worker.heartbeat.v1',
    model({ consumer_id: uuid, worker_name: filled, heartbeat_interval_seconds: positive }),
  ),
  'cleanup.ack.v1': frame('cleanup.ack.v1', model(heldPayload)),
  'cleanup.renew.v1': frame('cleanup.renew.v1', model(heldPayload)),
  'cleanup.release.v1': frame('cleanup.release.v1', model({ ...heldPayload, reason: filled })),
} as const;

type Frames = typeof FRAMES;
/** A frame that a worker may send. */
export type WorkerFrame = {
  [Type in keyof Frames]: ReturnType<Frames[Type]['parse']>;
}[keyof Frames];
export type HelloFrame = Extract<WorkerFrame, { type: 'worker.hello.v1' }>;
export type HeartbeatFrame = Extract<WorkerFrame, { type: 'worker.heartbeat.v1' }>;
export type CleanupFrame = Exclude<WorkerFrame, HelloFrame | HeartbeatFrame>;

/** Reads a frame of a worker; null when it is none, or not put together as it should be. */
export const readWorkerFrame = (given: Readonly<Record<string, unknown>>): WorkerFrame | null => {
  const type = Object.keys(FRAMES).find((known) => known === given['type']);
  if (type === undefined) return null;
  // It was found among these very keys.
  return FRAMES[type as keyof Frames].safeParse(given).data ?? null;
};

/** How many cleanups a worker means to do at a time: one, unless it says. */
export const cleanupConcurrency = (hello: HelloFrame['payload']): number => {
  const { requested_capabilities: requested, handled_cleanup_kinds: kinds } = hello;
  const isAsked = requested.includes(CLEANUP_CAPABILITY) && kinds.length > 0;
  return hello.max_cleanup_concurrency ?? (isAsked ? 1 : 0);
};

/** Whether a worker asks for all that it must, and for cleanups only when it asks for their delivery. */
export const isConsistent = (hello: HelloFrame['payload']): boolean => {
  const { requested_capabilities: requested, handled_cleanup_kinds: kinds } = hello;
  if (!REQUIRED_CAPABILITIES.every((capability) => requested.includes(capability))) return false;
  const mentionsCleanup = kinds.length > 0 || (hello.max_cleanup_concurrency ?? 0) > 0;
  return requested.includes(CLEANUP_CAPABILITY) || !mentionsCleanup;
};

const toFrame = (type: string, payload: object): string =>
  JSON.stringify({ type, id: newId(), sent_at: formatInstant(nowMicros()), payload });

export interface Snapshot {
  readonly sequence: number;
  readonly reason: string;
  readonly pool: WorkPoolRow;
  readonly activeSlots: number;
}

const snapshotToWire = ({ sequence, reason, pool, activeSlots }: Snapshot) => ({
  snapshot_sequence: sequence,
  reason,
  work_pool: workPoolToWire({ pool, activeSlots, clientVersion: null }),
});

export const snapshotFrame = (snapshot: Snapshot): string =>
  toFrame('work_pool.snapshot.v1', snapshotToWire(snapshot));

/** What a worker is told first: what it asked for and gets, its queues, and its pool. */
export const readyFrame = (
  { payload: hello }: HelloFrame,
  { workQueues }: WorkerWelcome,
  { snapshot, cleanups }: { readonly snapshot: Snapshot; readonly cleanups: number },
): string => {
  const accepted: string[] = [...REQUIRED_CAPABILITIES];
  if (cleanups > 0) accepted.push(CLEANUP_CAPABILITY);
  const requested = [...new Set(hello.requested_capabilities)];
  return toFrame('worker.ready.v1', {
    consumer_id: hello.consumer_id,
    worker_id: null,
    selected_channel_version: CHANNEL_VERSION,
    effective_heartbeat_interval_seconds: hello.heartbeat_interval_seconds,
    accepted_capabilities: accepted,
    rejected_capabilities: requested.filter((capability) => !accepted.includes(capability)),
    effective_max_cleanup_concurrency: cleanups,
    resolved_work_queues: workQueues.map(({ id, name }) => ({ id, name })),
    initial_snapshot: snapshotToWire(snapshot),
  });
};

export const cleanupFrame = (cleanup: ReservedCleanup): string =>
  toFrame('cleanup.message.v1', {
    message_id: cleanup.deliveryId,
    reservation_token: cleanup.leaseToken,
    lease_expires_at: formatInstant(cleanup.leaseExpiresAt),
    delivery_count: cleanup.deliveryCount,
    work_queue_id: cleanup.workQueueId,
    data: cleanup.data,
    kind: cleanup.kind,
    target: cleanup.target,
  });

export interface CleanupResult extends Omit<Settlement, 'status'> {
  readonly status: Settlement['status'] | 'error';
}

const OPERATIONS = {
  'cleanup.ack.v1': 'ack',
  'cleanup.release.v1': 'release',
  'cleanup.renew.v1': 'renew',
} as const;

export const operationResultFrame = (request: CleanupFrame, result: CleanupResult): string =>
  toFrame('cleanup.operation_result.v1', {
    request_frame_id: request.id,
    message_id: request.payload.message_id,
    operation: OPERATIONS[request.type],
    status: result.status,
    lease_expires_at: formatOptionalInstant(result.leaseExpiresAt),
    reason: result.reason,
    detail: null,
  });
