import { randomBytes } from 'node:crypto';

import type { DeliveryRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { type Script, announce, run } from '#server/db/script.ts';
import {
  type DeliveryKind,
  closeDelivery,
  returnDelivery,
} from '#server/db/sql/delivery-statements.ts';
import { recordEvent } from '#server/events/record.ts';
import { newId } from '#server/ids.ts';
import { QUEUED_FLOW_RUN } from '#server/orchestration/announce-queued-run.ts';
import { SCHEDULED_TASK_RUN } from '#server/orchestration/rules/enqueue-scheduled-tasks.ts';
import { type Micros, micros, nowMicros } from '#server/time.ts';

/** What those listen to who remove what is left of runs; the key is the id of a work pool. */
export const WAITING_CLEANUP = 'waiting-cleanup';

/** A run that so many took and gave back is offered to nobody any more. */
const MAX_DELIVERIES_OF_RUN = 5;

/** What somebody holds for a while. The token is the authority over it. */
export interface Lease {
  readonly deliveryId: string;
  readonly leaseToken: string;
  readonly leaseExpiresAt: Micros;
  /** How often it was handed out, this time included. */
  readonly deliveryCount: number;
}

export const newLeaseToken = (): string => randomBytes(24).toString('base64url');

/** The lease that a row shows. */
export const leaseOf = ({ id, leaseToken, leaseExpires, deliveryCount }: DeliveryRow): Lease => ({
  deliveryId: id,
  leaseToken: leaseToken ?? '',
  leaseExpiresAt: leaseExpires === null ? nowMicros() : micros(leaseExpires),
  deliveryCount,
});

const TOPICS: Readonly<Record<DeliveryKind, string>> = {
  FLOW_RUN: QUEUED_FLOW_RUN,
  TASK_RUN: SCHEDULED_TASK_RUN,
  CLEANUP: WAITING_CLEANUP,
};

const SUBJECTS: Readonly<Record<DeliveryKind, string>> = {
  FLOW_RUN: 'prefect.flow-run',
  TASK_RUN: 'prefect.task-run',
  CLEANUP: 'prefect.flow-run',
};

/** The kind of a row, whose column admits any text. */
const kindOf = ({ kind }: DeliveryRow): DeliveryKind =>
  // Rows are written with these kinds alone.
  kind as DeliveryKind;

/** The run that a row is about: keys of cleanups begin with its id. */
const subjectOf = (row: DeliveryRow): string => row.key.split(':', 1)[0] ?? row.key;

function* giveUp(row: DeliveryRow): Script<void> {
  const kind = kindOf(row);
  const now = nowMicros();
  yield* run(closeDelivery('DEAD', now, row.id));
  yield* recordEvent({
    id: newId(),
    occurred: now,
    event: 'prefect.delivery.dead-lettered',
    resource: { 'prefect.resource.id': `${SUBJECTS[kind]}.${subjectOf(row)}` },
    related: [],
    payload: { kind, delivery_id: row.id, delivery_count: row.deliveryCount },
    follows: null,
  });
}

/** Puts what nobody holds any more back into its queue, or gives it up after too many attempts. */
export function* giveBack(
  ctx: Context,
  row: DeliveryRow,
  availableAt: Micros = micros(row.availableAt),
): Script<'returned' | 'given-up'> {
  const kind = kindOf(row);
  const { cleanupMaxDeliveryAttempts } = ctx.settings.workerChannel;
  const most = kind === 'CLEANUP' ? cleanupMaxDeliveryAttempts : MAX_DELIVERIES_OF_RUN;
  if (row.deliveryCount >= most) {
    yield* giveUp(row);
    return 'given-up';
  }
  yield* run(returnDelivery(nowMicros(), availableAt, row.id));
  yield* announce(TOPICS[kind], row.queue);
  return 'returned';
}
