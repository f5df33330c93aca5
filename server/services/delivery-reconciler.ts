import { reconcileDeliveries } from '#server/commands/delivery/reconcile-deliveries.ts';

import type { Service } from './service.ts';

/** Offers runs and cleanups anew that were handed out and not acknowledged in time. */
export const deliveryReconciler: Service = {
  name: 'delivery-reconciler',
  scope: 'leader',
  everySeconds: ({ services }) => services.cleanupReconciler.loopSeconds,
  isEnabled: ({ services }) => services.cleanupReconciler.enabled,
  runOnce: async (ctx) => {
    const reconciled = await reconcileDeliveries(
      ctx,
      ctx.settings.services.cleanupReconciler.batchSize,
    );
    return { ...reconciled };
  },
};
