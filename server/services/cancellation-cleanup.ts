import {
  cancelSubflowsOfCancelled,
  cancelTaskRunsOfCancelled,
} from '#server/commands/flow-run/cancel-children.ts';

import type { Service } from './service.ts';

/** Cancels what belongs to cancelled flow runs and is still under way. */
export const cancellationCleanup: Service = {
  name: 'cancellation-cleanup',
  scope: 'leader',
  everySeconds: ({ services }) => services.cancellationCleanup.loopSeconds,
  isEnabled: ({ services }) => services.cancellationCleanup.enabled,
  runOnce: async (ctx) => ({
    taskRuns: await cancelTaskRunsOfCancelled(ctx),
    subflows: await cancelSubflowsOfCancelled(ctx),
  }),
};
