import type { Context } from '#server/context.ts';
import { one, run } from '#server/db/script.ts';
import { claimServiceLease, releaseServiceLease } from '#server/db/sql/claim-service-lease.ts';
import { RESET_TOPIC } from '#server/events/bus.ts';
import { newId } from '#server/ids.ts';
import { addSeconds, nowMicros } from '#server/time.ts';

const LEASE = 'services';
const LEASE_SECONDS = 15;

export interface Leader {
  /** Whether this process is the one that runs the services; asks the database when its lease is past the middle. */
  isLeader(): Promise<boolean>;
  resign(): Promise<void>;
}

/** Stands for the leadership among the processes that share a database. */
export const createLeader = (ctx: Context): Leader => {
  const self = newId();
  let renewAt = nowMicros();
  let isHolder = false;
  const forget = ctx.bus.subscribe(RESET_TOPIC, () => {
    isHolder = false;
  });
  return {
    isLeader: async () => {
      const now = nowMicros();
      if (isHolder && now < renewAt) return true;
      const claimed = await ctx.db.write(() =>
        one(claimServiceLease(LEASE, self, addSeconds(now, LEASE_SECONDS), now)),
      );
      isHolder = claimed !== null;
      renewAt = addSeconds(now, LEASE_SECONDS / 2);
      return isHolder;
    },
    resign: async () => {
      forget();
      if (!isHolder) return;
      isHolder = false;
      await ctx.db.write(() => run(releaseServiceLease(LEASE, self)));
    },
  };
};
