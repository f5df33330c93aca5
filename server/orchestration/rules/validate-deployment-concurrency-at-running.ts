import { one } from '#server/db/script.ts';
import { renewLease } from '#server/db/sql/concurrency-lease.ts';
import { addSeconds, nowMicros } from '#server/time.ts';

import { isClientAtLeast } from '../client-info.ts';
import { leaseSlot } from '../leases.ts';
import { cancelled } from '../proposals.ts';
import { type FlowRunMoment, type Rule, accept, reject, states } from '../rule.ts';
import { detailText, withDetails } from '../state-details.ts';
import { FIRST_WITH_LEASES } from './remove-deployment-concurrency-lease.ts';

/**
 * A run that starts must still hold its slot: its lease is renewed, or taken anew when it ran out while the run's
 * infrastructure was set up. Without a slot the run is cancelled, as its infrastructure is there already.
 */
export const validateDeploymentConcurrencyAtRunning: Rule<FlowRunMoment> = {
  name: 'ValidateDeploymentConcurrencyAtRunning',
  from: states('PENDING'),
  to: states('RUNNING'),
  before: function* ({ run, initial, deployment, client, ctx }, proposed) {
    const key = 'deployment_concurrency_lease_id';
    const leaseId = initial === null ? null : detailText(initial, key);
    const carried = accept<never>({ proposed: withDetails(proposed, { [key]: leaseId }) });
    const limitId = deployment?.limitId ?? null;
    // Older clients do not renew leases, so that theirs may have run out without any fault.
    if (leaseId === null || limitId === null || !isClientAtLeast(client, FIRST_WITH_LEASES)) {
      return carried;
    }
    const seconds =
      deployment?.graceSeconds ?? ctx.settings.concurrency.initialDeploymentLeaseDurationSeconds;
    const renewed = yield* one(renewLease(addSeconds(nowMicros(), seconds), leaseId));
    if (renewed !== null) return carried;
    const holder = { type: 'flow_run', id: run.id };
    const newLeaseId = yield* leaseSlot(ctx, limitId, { seconds, holder });
    if (newLeaseId !== null) {
      return accept<never>({ proposed: withDetails(proposed, { [key]: newLeaseId }) });
    }
    return reject(
      'Deployment concurrency limit reached after lease expiry.',
      cancelled(
        'Deployment concurrency slot lost during provisioning - no slots available to continue execution',
      ),
    );
  },
};
