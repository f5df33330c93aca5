import { freeUnleased } from '../concurrency.ts';
import { freeLease } from '../leases.ts';
import { type FlowRunMoment, type Outcome, states, universal } from '../rule.ts';
import { detailText } from '../state-details.ts';

const HOLDING = states('PENDING', 'RUNNING', 'CANCELLING');

/** A run that is retried by the process that it is in keeps its slot meanwhile; one that is put back does not. */
const isRetriedInPlace = ({ status, validated }: Outcome): boolean =>
  status === 'REJECT' && validated?.type === 'SCHEDULED' && validated.name === 'AwaitingRetry';

/** Gives a deployment's slot back once its run is not under way any more. */
export const releaseFlowConcurrencySlots = universal<FlowRunMoment>({
  name: 'ReleaseFlowConcurrencySlots',
  after: function* ({ run, initial, deployment, ctx }, outcome) {
    const leaves =
      initial !== null &&
      HOLDING.has(initial.type) &&
      !HOLDING.has(outcome.validated?.type ?? null) &&
      !isRetriedInPlace(outcome);
    if (!leaves || run.deploymentId === null) return {};
    const limitIds = typeof deployment?.limitId === 'string' ? [deployment.limitId] : [];
    const leaseId = detailText(initial, 'deployment_concurrency_lease_id');
    // A lease that has expired gave its slot back: another one of the limit's would be somebody else's.
    if (leaseId === null) yield* freeUnleased(ctx, limitIds, 1);
    else yield* freeLease(ctx, leaseId);
    return {};
  },
});
