import { ACCEPT, type FlowRunMoment, accept, universal } from '../rule.ts';
import { detailText, withDetails } from '../state-details.ts';

/** Hands the lease on the deployment's slot on from state to state: workers send null in its place. */
export const preserveDeploymentConcurrencyLeaseId = universal<FlowRunMoment>({
  name: 'PreserveDeploymentConcurrencyLeaseId',
  before: ({ initial }, proposed) => {
    const key = 'deployment_concurrency_lease_id';
    const leaseId = initial === null ? null : detailText(initial, key);
    if (leaseId === null || detailText(proposed, key) !== null) return ACCEPT;
    return accept({ proposed: withDetails(proposed, { [key]: leaseId }) });
  },
});
