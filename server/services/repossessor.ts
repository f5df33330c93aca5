import { freeExpiredLeases } from '#server/commands/concurrency-limit/slots.ts';
import { forgetWaiters } from '#server/commands/concurrency-limit/waiters.ts';

import type { Service } from './service.ts';

/** Gives back the slots of limits whose holders have died, as their leases show. */
export const repossessor: Service = {
  name: 'repossessor',
  scope: 'leader',
  everySeconds: ({ services }) => services.repossessor.loopSeconds,
  isEnabled: ({ services }) => services.repossessor.enabled,
  runOnce: async (ctx) => ({
    freedLeases: await freeExpiredLeases(ctx),
    forgottenWaiters: await forgetWaiters(ctx),
  }),
};
