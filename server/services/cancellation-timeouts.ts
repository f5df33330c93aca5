import { endOverdueCancellations } from '#server/commands/flow-run/end-overdue-cancellations.ts';

import type { Service } from './service.ts';

/** Cancels flow runs whose cancellation takes too long, and asks for what is left of them to be removed. */
export const cancellationTimeouts: Service = {
  name: 'cancellation-timeouts',
  scope: 'leader',
  everySeconds: ({ services }) => services.cancellationCleanup.loopSeconds,
  isEnabled: ({ services }) => services.cancellationCleanup.enabled,
  runOnce: async (ctx) => ({ cancelled: await endOverdueCancellations(ctx) }),
};
