import type { Script } from '#server/db/script.ts';
import { newId } from '#server/ids.ts';
import { nowMicros } from '#server/time.ts';

import {
  ACCEPT,
  type Answer,
  type Changes,
  type Moment,
  type Rule,
  type TransitionStatus,
  type Undo,
  type Verdict,
} from './rule.ts';
import { detailInstant, dueAt } from './state-details.ts';
import type { ProposedState, State, StateType } from './states.ts';

/** Why a transition came out as it did, in the words of Prefect's API. */
export interface TransitionDetails {
  readonly type: 'accept_details' | 'reject_details' | 'wait_details' | 'abort_details';
  readonly reason?: string | null;
  readonly delay_seconds?: number;
}

export interface Transition<Run> {
  readonly status: TransitionStatus;
  readonly details: TransitionDetails;
  /** The state that the run is in now. */
  readonly state: State | null;
  readonly run: Run;
}

interface Progress<M extends Moment> {
  readonly moment: M;
  readonly proposed: State | null;
  readonly status: TransitionStatus;
  readonly details: TransitionDetails;
}

interface Entered<M extends Moment> {
  readonly rule: Rule<M>;
  /** The kind of state that the rule agreed to. */
  readonly to: StateType | null;
  readonly undo: Undo<M['run']> | undefined;
}

export interface TransitionPlan<M extends Moment> {
  readonly proposed: ProposedState;
  readonly rules: readonly Rule<M>[];
}

export interface Decision<Run> extends Transition<Run> {
  /** The state to be written; null when the run stays in the one that it has. */
  readonly written: State | null;
}

/** Gives a proposal its id and time; one that is to be scheduled and names no time is due at once. */
const mint = (proposed: ProposedState): State => {
  const timestamp = nowMicros();
  const isDueAtOnce =
    proposed.type === 'SCHEDULED' && detailInstant(proposed, 'scheduled_time') === null;
  const details = isDueAtOnce ? dueAt(timestamp, proposed.details) : proposed.details;
  return { ...proposed, id: newId(), timestamp, details };
};

function* settle<T extends object>(answer: Answer<T>): Script<T> {
  return Symbol.iterator in answer ? yield* answer : answer;
}

const changed = <M extends Moment>(moment: M, run: Changes<M['run']> | undefined): M =>
  run === undefined ? moment : { ...moment, run: { ...moment.run, ...run } };

const judged = <M extends Moment>(
  progress: Progress<M>,
  verdict: Verdict<M['run']>,
): Progress<M> => {
  switch (verdict.kind) {
    case 'accept':
      return {
        ...progress,
        moment: changed(progress.moment, verdict.run),
        proposed: verdict.proposed ?? progress.proposed,
      };
    case 'reject':
      return {
        moment: changed(progress.moment, verdict.run),
        proposed: verdict.state === null ? null : mint(verdict.state),
        status: 'REJECT',
        details: { type: 'reject_details', reason: verdict.reason },
      };
    case 'wait':
      return {
        ...progress,
        proposed: null,
        status: 'WAIT',
        details: {
          type: 'wait_details',
          delay_seconds: verdict.delaySeconds,
          reason: verdict.reason,
        },
      };
    case 'abort':
      return {
        ...progress,
        proposed: null,
        status: 'ABORT',
        details: { type: 'abort_details', reason: verdict.reason },
      };
  }
};

const typeOf = (state: State | null): StateType | null => state?.type ?? null;

/** Asks the rules in their order until the proposal is settled, and tells which of them had a say. */
function* enter<M extends Moment>(
  start: Progress<M>,
  rules: readonly Rule<M>[],
): Script<{ readonly progress: Progress<M>; readonly entered: readonly Entered<M>[] }> {
  const from = typeOf(start.moment.initial);
  const intended = typeOf(start.proposed);
  const entered: Entered<M>[] = [];
  let progress = start;
  for (const rule of rules) {
    const { moment, proposed } = progress;
    // Once nothing is to be written no rule has anything to say any more.
    if (proposed === null) break;
    if (!rule.from.has(from) || !rule.to.has(intended)) continue;
    if (rule.isUniversal !== true && proposed.type !== intended) continue;
    const verdict =
      rule.before === undefined ? ACCEPT : yield* settle(rule.before(moment, proposed));
    progress = judged(progress, verdict);
    entered.push({
      rule,
      to: verdict.kind === 'accept' ? intended : typeOf(progress.proposed),
      undo: verdict.kind === 'accept' ? verdict.undo : undefined,
    });
  }
  return { progress, entered };
}

/**
 * Leaves the rules in reverse order. One whose own refusal led out of its states has nothing left to do; one that was
 * overtaken by a later rule takes back what it did; the others do what follows from the state that was written.
 */
function* leave<M extends Moment>(
  progress: Progress<M>,
  entered: readonly Entered<M>[],
): Script<M> {
  const written = typeOf(progress.proposed);
  const outcome = {
    status: progress.status,
    validated: progress.proposed ?? progress.moment.initial,
  };
  let { moment } = progress;
  for (const { rule, to, undo } of entered.toReversed()) {
    if (rule.isUniversal === true) {
      if (written === null || rule.after === undefined) continue;
    } else if (!rule.to.has(to)) {
      continue;
    } else if (to !== written) {
      if (undo !== undefined) moment = changed(moment, yield* settle(undo()));
      continue;
    }
    if (rule.after !== undefined) {
      moment = changed(moment, yield* settle(rule.after(moment, outcome)));
    }
  }
  return moment;
}

/** Leads one proposal through the rules; the state that they agree on and the run's row are the caller's to write. */
export function* runTransition<M extends Moment>(
  moment: M,
  { proposed, rules }: TransitionPlan<M>,
): Script<Decision<M['run']>> {
  const start: Progress<M> = {
    moment,
    proposed: mint(proposed),
    status: 'ACCEPT',
    details: { type: 'accept_details' },
  };
  const { progress, entered } = yield* enter(start, rules);
  const end = yield* leave(progress, entered);
  return {
    status: progress.status,
    details: progress.details,
    state: progress.proposed ?? moment.initial,
    written: progress.proposed,
    run: end.run,
  };
}
