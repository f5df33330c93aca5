import type { Lease } from '#server/commands/delivery/lease.ts';

import type { builder } from '../builder.ts';

type Types = typeof builder.$inferSchemaTypes;

/** The fields of whatever is handed out for a while. */
export const leaseFields = <Shape extends Lease>(
  t: PothosSchemaTypes.ObjectFieldBuilder<Types, Shape>,
) => ({
  deliveryId: t.id({
    description: 'What the mutations about deliveries know it by.',
    resolve: ({ deliveryId }) => deliveryId,
  }),
  leaseToken: t.string({
    description: 'The authority over it, as long as the lease lasts.',
    resolve: ({ leaseToken }) => leaseToken,
  }),
  leaseExpiresAt: t.field({
    type: 'DateTime',
    description: 'Until when nobody else gets it, unless the lease is renewed.',
    resolve: ({ leaseExpiresAt }) => leaseExpiresAt,
  }),
  deliveryCount: t.int({
    description: 'How often it was handed out, this time included.',
    resolve: ({ deliveryCount }) => deliveryCount,
  }),
});
