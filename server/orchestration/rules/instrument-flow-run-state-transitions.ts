import { flowRunStateChanged } from '#server/events/flow-run-events.ts';
import { recordEvent } from '#server/events/record.ts';

import { type FlowRunMoment, universal } from '../rule.ts';

/** Records the event of a state that was entered, in the transaction that enters it. */
export const instrumentFlowRunStateTransitions = universal<FlowRunMoment>({
  name: 'InstrumentFlowRunStateTransitions',
  after: function* ({ run, initial, related }, { validated }) {
    if (validated !== null) {
      yield* recordEvent(flowRunStateChanged({ run, initial, validated, related }));
    }
    return {};
  },
});
