import type { DeliveryRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { type Script, announce, one, rows, run } from '#server/db/script.ts';
import {
  type DeliveryKind,
  closeDelivery,
  deleteDelivery,
  hasExpiredDeliveries,
  lockDelivery,
  lockExpiredDeliveries,
  readHeldFlowRuns,
  readHeldTaskRuns,
  renewDeliveryLease,
  shortenDeliveryLeases,
} from '#server/db/sql/delivery-statements.ts';
import { json } from '#server/json.ts';
import { type Micros, addSeconds, micros, nowMicros } from '#server/time.ts';

import { giveBack } from './lease.ts';

/** What those listen to who hold things; the key is the holder. */
export const SETTLED_DELIVERY = 'settled-delivery';

/** What is said of a delivery, and by what right. */
export interface DeliveryRef {
  readonly id: string;
  readonly kind: DeliveryKind;
  readonly leaseToken: string;
  /** The queue that it must be of, where its holder is bound to one. */
  readonly queue?: string;
}

type SettlementStatus =
  | 'accepted'
  | 'not_current'
  | 'not_found'
  | 'expired'
  | 'invalid_token'
  | 'unauthorized'
  | 'dead_lettered';

/** What became of what was said of a delivery, in the words of Prefect's worker channel. */
export interface Settlement {
  readonly status: SettlementStatus;
  readonly reason: string | null;
  readonly leaseExpiresAt: Micros | null;
}

const settled = (status: SettlementStatus, reason: string | null = null): Settlement => ({
  status,
  reason,
  leaseExpiresAt: null,
});

const ACCEPTED = settled('accepted');
const EXHAUSTED = settled('dead_lettered', 'max_delivery_attempts_reached');

interface Refused {
  readonly refusal: Settlement;
}

interface Held {
  readonly row: DeliveryRow;
}

/** The delivery as its holder still holds it, or why that is not so. */
function* requireHeld(ctx: Context, ref: DeliveryRef): Script<Held | Refused> {
  const row = yield* one(lockDelivery(ref.id));
  const isOpen = row?.status === 'LEASED' || row?.status === 'WAITING';
  if (row === null || row.kind !== ref.kind || !isOpen)
    return { refusal: settled('not_found', 'message_not_found') };
  if (ref.queue !== undefined && row.queue !== ref.queue)
    return { refusal: settled('unauthorized', 'work_pool_mismatch') };
  if (row.status === 'WAITING') return { refusal: settled('not_current', 'no_active_reservation') };
  if (row.leaseToken !== ref.leaseToken)
    return { refusal: settled('invalid_token', 'reservation_token_mismatch') };
  if ((row.leaseExpires ?? 0) > nowMicros()) return { row };
  const fate = yield* giveBack(ctx, row);
  return { refusal: fate === 'given-up' ? EXHAUSTED : settled('expired', 'lease_expired') };
}

/** A run that was handed out by this token last, be it after the end of the lease; null when it was not. */
function* runGivenBy({ id, kind, leaseToken }: DeliveryRef): Script<DeliveryRow | null> {
  if (kind === 'CLEANUP') return null;
  const row = yield* one(lockDelivery(id));
  return row?.kind === kind && row.leaseToken === leaseToken ? row : null;
}

/** Tells a holder that it has room for more. */
function* announceSettled({ holder }: DeliveryRow): Script<void> {
  if (holder !== null) yield* announce(SETTLED_DELIVERY, holder);
}

/** The script of `ackDelivery`, for use within another one. */
export function* acknowledge(ctx: Context, ref: DeliveryRef): Script<Settlement> {
  const given = yield* runGivenBy(ref);
  if (given !== null) {
    yield* run(deleteDelivery(ref.id));
    yield* announceSettled(given);
    return ACCEPTED;
  }
  const held = yield* requireHeld(ctx, ref);
  if ('refusal' in held) return held.refusal;
  yield* run(closeDelivery('DONE', nowMicros(), ref.id));
  yield* announceSettled(held.row);
  return ACCEPTED;
}

/** Says that what was handed out has been taken up, or done: it does not come again. */
export const ackDelivery = (ctx: Context, ref: DeliveryRef): Promise<Settlement> =>
  ctx.db.write(() => acknowledge(ctx, ref));

/** Gives back what was handed out, to be offered again, at once or after a while. */
export const releaseDelivery = (
  ctx: Context,
  ref: DeliveryRef,
  { afterSeconds }: { readonly afterSeconds: number },
): Promise<Settlement> =>
  ctx.db.write(function* () {
    const held = yield* requireHeld(ctx, ref);
    if ('refusal' in held) return held.refusal;
    const available =
      afterSeconds > 0 ? addSeconds(nowMicros(), afterSeconds) : micros(held.row.availableAt);
    const fate = yield* giveBack(ctx, held.row, available);
    yield* announceSettled(held.row);
    return fate === 'given-up' ? EXHAUSTED : ACCEPTED;
  });

/** Puts off the end of a lease. */
export const renewDelivery = (
  ctx: Context,
  ref: DeliveryRef,
  { leaseSeconds }: { readonly leaseSeconds: number },
): Promise<Settlement> =>
  ctx.db.write(function* () {
    const held = yield* requireHeld(ctx, ref);
    if ('refusal' in held) return held.refusal;
    const now = nowMicros();
    const leaseExpiresAt = addSeconds(now, leaseSeconds);
    yield* run(renewDeliveryLease(now, leaseExpiresAt, ref.id));
    return { ...ACCEPTED, leaseExpiresAt };
  });

/** Gives back what nobody acknowledged in time, and tells how many were returned and given up. */
export const endExpiredDeliveries = async (
  ctx: Context,
  limit: number,
): Promise<{ readonly returned: number; readonly givenUp: number }> => {
  // Most looks find nothing, and those need no transaction.
  if ((await ctx.db.read(() => one(hasExpiredDeliveries(nowMicros())))) === null)
    return { returned: 0, givenUp: 0 };
  return ctx.db.write(function* () {
    const expired = yield* rows(lockExpiredDeliveries(nowMicros(), limit));
    let returned = 0;
    for (const row of expired) {
      const fate = yield* giveBack(ctx, row);
      if (fate === 'returned') returned += 1;
    }
    return { returned, givenUp: expired.length - returned };
  });
};

/** Those that a holder still holds and that are still to be done; runs that have left their queue are settled. */
export const readHeldDeliveries = async (
  ctx: Context,
  {
    kind,
    holder,
    ids,
  }: { readonly kind: DeliveryKind; readonly holder: string; readonly ids: readonly string[] },
): Promise<ReadonlySet<string>> => {
  if (ids.length === 0) return new Set();
  const query = kind === 'FLOW_RUN' ? readHeldFlowRuns : readHeldTaskRuns;
  const held = await ctx.db.read(() => rows(query(json(ids), holder)));
  const left = held.filter(({ stateType }) => stateType !== 'SCHEDULED');
  if (left.length > 0) {
    await ctx.db.write(function* () {
      for (const { id } of left) yield* run(deleteDelivery(id));
    });
  }
  return new Set(held.filter((row) => !left.includes(row)).map(({ id }) => id));
};

/** Lets leases that a holder left behind end in a while, in which it may come back for them. */
export const abandonDeliveries = (
  ctx: Context,
  holder: string,
  { ids, graceSeconds }: { readonly ids: readonly string[]; readonly graceSeconds: number },
): Promise<void> => {
  const ends = addSeconds(nowMicros(), graceSeconds);
  return ctx.db.write(() => run(shortenDeliveryLeases(ends, ends, json(ids), holder)));
};
