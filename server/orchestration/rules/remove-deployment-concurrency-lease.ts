import { one } from '#server/db/script.ts';
import { renewLease } from '#server/db/sql/concurrency-lease.ts';
import { addSeconds, nowMicros } from '#server/time.ts';

import { isClientAtLeast } from '../client-info.ts';
import { UNENDING_SECONDS } from '../leases.ts';
import { type FlowRunMoment, type Rule, states } from '../rule.ts';
import { detailText } from '../state-details.ts';

/** The first release of Prefect whose runs renew the lease on their deployment's slot. */
export const FIRST_WITH_LEASES = '3.4.11';

/** A client that would not renew the lease keeps its slot until it gives it back. */
export const removeDeploymentConcurrencyLeaseForOldClientVersions: Rule<FlowRunMoment> = {
  name: 'RemoveDeploymentConcurrencyLeaseForOldClientVersions',
  from: states('PENDING'),
  to: states('RUNNING', 'CANCELLING'),
  after: function* ({ initial, client }) {
    const leaseId =
      initial === null ? null : detailText(initial, 'deployment_concurrency_lease_id');
    if (leaseId !== null && !isClientAtLeast(client, FIRST_WITH_LEASES)) {
      yield* one(renewLease(addSeconds(nowMicros(), UNENDING_SECONDS), leaseId));
    }
    return {};
  },
};
