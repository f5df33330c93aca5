import type { Context } from '#server/context.ts';
import { type Script, one, run } from '#server/db/script.ts';
import {
  claimServiceLease,
  holdsServiceLease,
  releaseServiceLease,
} from '#server/db/sql/claim-service-lease.ts';
import { putConfiguration } from '#server/db/sql/configuration-statements.ts';
import { ServerError } from '#server/errors.ts';
import { RESET_TOPIC } from '#server/events/bus.ts';
import { newId } from '#server/ids.ts';
import { json } from '#server/json.ts';
import { SERVICE_PROGRESS_KEY } from '#server/queries/service/read-service-progress.ts';
import { type Micros, addSeconds, micros, nowMicros } from '#server/time.ts';

const LEASE = 'services';
/** A leader that is silent for this long is replaced, a renewal later at the latest. */
const LEASE_SECONDS = 6;
/** Clocks of machines that share a database differ by less than this. */
const MOST_SKEW_SECONDS = 3600;
/** How often the leader renews its lease and the others try to get it. */
export const RENEWAL_SECONDS = 2;

export interface Leader {
  /** Takes or renews the lease; true when this process leads the services from now on. */
  renew(): Promise<boolean>;
  /** Whether the lease that this process got last still runs, as far as its own clock tells. */
  isLeading(): boolean;
  /** The same context, whose writes are refused with UNAVAILABLE once another process leads. */
  readonly fenced: Context;
  resign(): Promise<void>;
}

const lost = (): ServerError =>
  new ServerError('UNAVAILABLE', 'Another process leads the services now.');

/** A tick that was interrupted for longer than the lease must not write beside that of the new leader. */
const fence = (ctx: Context, self: string, isLeading: () => boolean): Context => ({
  ...ctx,
  db: {
    ...ctx.db,
    write: (script) =>
      ctx.db.write(function* () {
        if (!isLeading()) throw lost();
        if ((yield* one(holdsServiceLease(LEASE, self))) === null) throw lost();
        return yield* script();
      }),
  },
});

/** Stands for the leadership among the processes that share a database. */
export const createLeader = (ctx: Context): Leader => {
  const self = newId();
  let leadsUntil: Micros = micros(0);
  const isLeading = (): boolean => nowMicros() < leadsUntil;
  const forget = ctx.bus.subscribe(RESET_TOPIC, () => {
    leadsUntil = micros(0);
  });

  function* claim(now: Micros): Script<boolean> {
    const expires = addSeconds(now, LEASE_SECONDS);
    const absurd = addSeconds(now, MOST_SKEW_SECONDS);
    if ((yield* one(claimServiceLease(LEASE, self, expires, now, absurd))) === null) return false;
    // Told with the lease, so that it costs no commit of its own.
    const value = json(ctx.board.list().filter(({ scope }) => scope === 'leader'));
    yield* run(putConfiguration(newId(), now, now, SERVICE_PROGRESS_KEY, value));
    return true;
  }

  return {
    isLeading,
    fenced: fence(ctx, self, isLeading),
    renew: async () => {
      const now = nowMicros();
      const isHolder = await ctx.db.write(() => claim(now));
      leadsUntil = isHolder ? addSeconds(now, LEASE_SECONDS) : micros(0);
      ctx.board.isLeader = isHolder;
      return isHolder;
    },
    resign: async () => {
      forget();
      ctx.board.isLeader = false;
      if (!isLeading()) return;
      leadsUntil = micros(0);
      await ctx.db.write(() => run(releaseServiceLease(LEASE, self)));
    },
  };
};
