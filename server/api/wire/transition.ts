import type { Transition } from '#server/orchestration/transition.ts';
import type { Micros } from '#server/time.ts';

import { type Reply, answer, createdStatus } from '../reply.ts';
import { optionalStateToWire } from './state.ts';

type Outcome = Pick<Transition<unknown>, 'state' | 'status' | 'details'>;

const transitionToWire = ({ state, status, details }: Outcome) => ({
  state: optionalStateToWire(state),
  status,
  details,
});

/** Tells what became of a proposal: 201 when a state was written by this call, 200 when the run stands where it stood. */
export const answerTransition = (outcome: Outcome, receivedAt: Micros): Reply =>
  answer(
    transitionToWire(outcome),
    createdStatus(outcome.state !== null && outcome.state.timestamp >= receivedAt),
  );
