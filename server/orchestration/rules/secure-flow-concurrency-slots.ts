import type { FlowRunRow } from '#prisma/tables.ts';
import { addSeconds, nowMicros } from '#server/time.ts';

import { freeLease, leaseSlot } from '../leases.ts';
import { cancelled, scheduled } from '../proposals.ts';
import {
  ACCEPT,
  type FlowRunMoment,
  type Rule,
  abort,
  accept,
  allBut,
  reject,
  states,
} from '../rule.ts';
import { withDetails } from '../state-details.ts';

/** Workers of these releases take the slots of deployments themselves. */
const CLIENTS_THAT_TAKE_SLOTS = new Set(['3.0.0rc20', '3.0.0', '3.0.1', '3.0.2', '3.0.3']);
const FULL = 'Deployment concurrency limit reached.';

/** A run that is about to be submitted takes a slot of its deployment, or waits or is cancelled for want of one. */
export const secureFlowConcurrencySlots: Rule<FlowRunMoment> = {
  name: 'SecureFlowConcurrencySlots',
  from: allBut('PENDING', 'RUNNING', 'CANCELLING'),
  to: states('PENDING'),
  before: function* ({ run, deployment, client, ctx }, proposed) {
    if (run.deploymentId === null) return ACCEPT;
    if (CLIENTS_THAT_TAKE_SLOTS.has(client.clientVersion ?? '')) return ACCEPT;
    if (deployment === null) return abort('Deployment not found.');
    const { limitId, limit, cancelsNew, graceSeconds } = deployment;
    if (limitId === null) return ACCEPT;
    if (limit === 0) {
      return abort(
        'The deployment concurrency limit is 0. The flow will deadlock if submitted again.',
      );
    }
    const seconds = graceSeconds ?? ctx.settings.concurrency.initialDeploymentLeaseDurationSeconds;
    const holder = { type: 'flow_run', id: run.id };
    const leaseId = yield* leaseSlot(ctx, limitId, { seconds, holder });
    if (leaseId !== null) {
      return accept<FlowRunRow>({
        proposed: withDetails(proposed, { deployment_concurrency_lease_id: leaseId }),
        undo: function* () {
          yield* freeLease(ctx, leaseId);
          return {};
        },
      });
    }
    if (cancelsNew) return reject(FULL, cancelled(FULL));
    const at = addSeconds(nowMicros(), ctx.settings.deployments.concurrencySlotWaitSeconds);
    return reject(FULL, scheduled({ at }, 'AwaitingConcurrencySlot'));
  },
};
