import { crashSilentFlowRuns } from '#server/commands/flow-run/crash-silent-flow-runs.ts';

import type { Service } from './service.ts';

/** Crashes running flow runs whose process gave signs of life and then fell silent. */
export const heartbeatReaper: Service = {
  name: 'heartbeat-reaper',
  scope: 'leader',
  everySeconds: ({ services }) => services.heartbeatReaper.loopSeconds,
  isEnabled: ({ services }) => services.heartbeatReaper.enabled,
  runOnce: async (ctx) => ({
    crashed: await crashSilentFlowRuns(ctx, ctx.settings.services.heartbeatReaper),
  }),
};
