import type { WorkPoolRow, WorkQueueRow } from '#prisma/tables.ts';
import { type EventFields, changedFields } from '#server/commands/changed-fields.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, rows } from '#server/db/script.ts';
import { listWorkQueuesOfPool } from '#server/db/sql/work-queue-rows.ts';
import { recordChange } from '#server/events/record.ts';
import { type JsonValue, optionalJson } from '#server/json.ts';
import { type Micros, nowMicros, secondsBetween } from '#server/time.ts';

import { lockQueueAndPool } from './lock-queue-and-pool.ts';
import { moveWorkQueue } from './priorities.ts';
import { recordWorkQueueEvent, statusAction } from './work-queue-events.ts';

/** What is absent stays as it is. */
export interface WorkQueueChanges {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly isPaused?: boolean | undefined;
  readonly concurrencyLimit?: number | null | undefined;
  readonly priority?: number | undefined;
  readonly lastPolled?: Micros | null | undefined;
  readonly filter?: JsonValue | undefined;
}

const EVENT_FIELDS: EventFields<WorkQueueRow> = {
  name: 'name',
  description: 'description',
  concurrencyLimit: 'concurrency_limit',
  priority: 'priority',
};

const statusAfter = (
  queue: WorkQueueRow,
  changes: WorkQueueChanges,
  pollTimeoutSeconds: number,
): string => {
  if (changes.isPaused === true) return 'PAUSED';
  if (changes.isPaused === undefined || queue.status !== 'PAUSED') return queue.status;
  const polled = changes.lastPolled === undefined ? queue.lastPolled : changes.lastPolled;
  const isRecent = polled !== null && secondsBetween(polled, nowMicros()) <= pollTimeoutSeconds;
  return isRecent ? 'READY' : 'NOT_READY';
};

function* applyChanges(
  ctx: Context,
  { before, changes }: { readonly before: WorkQueueRow; readonly changes: WorkQueueChanges },
): Script<WorkQueueRow> {
  const { name, description, isPaused, concurrencyLimit, priority, lastPolled, filter } = changes;
  const timeout = ctx.settings.services.foreman.workQueueLastPolledTimeoutSeconds;
  const queue = yield* one(
    ctx.db.builder
      .updateTable('workQueue')
      .set({
        updated: nowMicros(),
        status: statusAfter(before, changes, timeout),
        ...(name === undefined ? {} : { name }),
        ...(description === undefined ? {} : { description }),
        ...(isPaused === undefined ? {} : { isPaused }),
        ...(concurrencyLimit === undefined ? {} : { concurrencyLimit }),
        ...(priority === undefined ? {} : { priority }),
        ...(lastPolled === undefined ? {} : { lastPolled }),
        ...(filter === undefined ? {} : { filter: optionalJson(filter) }),
      })
      .where('id', '=', before.id)
      .returningAll(),
  );
  return queue ?? before;
}

function* recordUpdate(before: WorkQueueRow, queue: WorkQueueRow, pool: WorkPoolRow): Script<void> {
  const payload = changedFields(before, queue, EVENT_FIELDS);
  if (payload !== null) yield* recordWorkQueueEvent({ queue, pool, action: 'updated', payload });
  if (queue.status !== before.status) {
    yield* recordWorkQueueEvent({ queue, pool, action: statusAction(queue.status) });
  }
  yield* recordChange({ topic: 'work-queue', kind: 'updated', entityId: queue.id });
}

interface UpdateWorkQueue {
  readonly id: string;
  readonly changes: WorkQueueChanges;
  /** Whether the other queues keep their priorities, even where one has the same then. */
  readonly areOthersKept?: boolean;
}

/** Changes a queue. NOT_FOUND for an unknown one, CONFLICT when the new name is taken. */
export const updateWorkQueue = (
  ctx: Context,
  { id, changes, areOthersKept = false }: UpdateWorkQueue,
): Promise<WorkQueueRow> =>
  ctx.db.write(function* () {
    const { queue: before, pool } = yield* lockQueueAndPool(id);
    const others = yield* rows(listWorkQueuesOfPool(pool.id));
    const queue = yield* applyChanges(ctx, { before, changes });
    if (changes.priority !== undefined && !areOthersKept) yield* moveWorkQueue(others, queue);
    yield* recordUpdate(before, queue, pool);
    return queue;
  });
