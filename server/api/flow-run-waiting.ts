import type { Context } from '#server/context.ts';
import { explainWaiting } from '#server/queries/waiting/explain-waiting.ts';
import type { WaitingReason } from '#server/queries/waiting/reason.ts';
import { formatOptionalInstant } from '#server/time.ts';

import { waitingAnswer } from './answers/waiting.ts';
import { orException } from './not-found.ts';
import { answer } from './reply.ts';
import { type Route, route } from './route.ts';

const reasonToWire = ({
  activeSlots,
  lastSeen,
  since,
  until,
  isPlaceAtLeast,
  inputKeyset,
  holders,
  ...same
}: WaitingReason) => ({
  ...same,
  since: formatOptionalInstant(since),
  until: formatOptionalInstant(until),
  last_seen: formatOptionalInstant(lastSeen),
  active_slots: activeSlots,
  holders: holders.map(({ stateType, ...holder }) => ({ ...holder, state_type: stateType })),
  is_place_at_least: isPlaceAtLeast,
  input_keyset: inputKeyset,
});

/** Why a flow run does not run. Prefect has no such address. */
export const flowRunWaitingRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'GET',
    path: '/flow_runs/{id:uuid}/waiting',
    answers: waitingAnswer,
    handle: async ({ param }) => {
      const flowRunId = param('id');
      const missing = `Flow run with id ${flowRunId} not found`;
      const reasons = await orException(explainWaiting(ctx, flowRunId), missing);
      return answer(reasons.map(reasonToWire));
    },
  }),
];
