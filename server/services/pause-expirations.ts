import { expirePauses } from '#server/commands/flow-run/expire-pauses.ts';

import type { Service } from './service.ts';

/** Fails flow runs whose pause has run out. */
export const pauseExpirations: Service = {
  name: 'pause-expirations',
  scope: 'leader',
  everySeconds: ({ services }) => services.pauseExpirations.loopSeconds,
  isEnabled: ({ services }) => services.pauseExpirations.enabled,
  runOnce: async (ctx) => ({ expired: await expirePauses(ctx) }),
};
