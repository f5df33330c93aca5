import type { FlowRunRow, TaskRunRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import type { Script } from '#server/db/script.ts';
import type { RelatedData } from '#server/events/related-resources.ts';

import type { ClientInfo } from './client-info.ts';
import { type ProposedState, STATE_TYPES, type State, type StateType } from './states.ts';

/** Kinds of states; null stands for a run that has none yet, or for a proposal that was taken back. */
export type States = ReadonlySet<StateType | null>;

export const states = (...types: readonly StateType[]): States => new Set(types);

export const ANY_STATE: States = new Set([...STATE_TYPES, null]);

export const TERMINAL_STATES: States = states('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED');

/** Every kind of state but these, and none at all. */
export const allBut = (...types: readonly StateType[]): States => {
  const left = new Set(ANY_STATE);
  for (const type of types) left.delete(type);
  return left;
};

/** What flow runs and task runs have in common, as far as rules are concerned. */
export type CommonRun = Pick<
  FlowRunRow & TaskRunRow,
  | 'id'
  | 'empiricalPolicy'
  | 'tags'
  | 'stateId'
  | 'stateType'
  | 'stateName'
  | 'stateTimestamp'
  | 'runCount'
  | 'expectedStartTime'
  | 'nextScheduledStartTime'
  | 'startTime'
  | 'endTime'
  | 'totalRunTime'
>;

/** What a transition needs to know besides what it reads in its transaction. */
export type OrchestrationContext = Pick<Context, 'settings'> & {
  readonly db: Pick<Context['db'], 'dialect'>;
};

/** A transition as its rules see it: nothing in it may be changed but by what a rule answers. */
export interface Moment<Run = CommonRun> {
  /** The run as the rules before this one left it. */
  readonly run: Run;
  readonly initial: State | null;
  readonly client: ClientInfo;
  readonly ctx: OrchestrationContext;
}

/** What a deployment says about how many of its runs may be under way. */
export interface DeploymentTerms {
  readonly limitId: string | null;
  readonly limit: number | null;
  readonly cancelsNew: boolean;
  readonly graceSeconds: number | null;
}

/** The bounds of the work pool and queue that a flow run waits in; null for none. */
export interface QueueTerms {
  readonly poolId: string;
  readonly poolName: string;
  readonly poolLimit: number | null;
  readonly queueId: string;
  readonly queueName: string;
  readonly queueLimit: number | null;
}

export interface FlowRunMoment extends Moment<FlowRunRow> {
  /** Null when the run has no deployment, or one that is gone. */
  readonly deployment: DeploymentTerms | null;
  /** Null when the run waits in no queue. */
  readonly queue: QueueTerms | null;
  readonly related: RelatedData;
}

/** The flow run around a task run. */
export interface EnclosingFlowRun {
  readonly id: string;
  readonly runCount: number;
  readonly state: Pick<State, 'type' | 'details'> | null;
}

export interface TaskRunMoment extends Moment<TaskRunRow> {
  /** Null when the task run stands alone. */
  readonly flowRun: EnclosingFlowRun | null;
}

export type Changes<Run> = Partial<Run>;

/** Takes back what a rule did, once a later rule has led the transition elsewhere. */
export type Undo<Run> = () => Answer<Changes<Run>>;

export interface Acceptance<Run> {
  readonly kind: 'accept';
  readonly proposed?: State;
  readonly run?: Changes<Run>;
  readonly undo?: Undo<Run>;
}

/** What a rule says to a proposal. A refusal may put another state in its place; null keeps the present one. */
export type Verdict<Run> =
  | Acceptance<Run>
  | {
      readonly kind: 'reject';
      readonly state: ProposedState | null;
      readonly reason: string;
      readonly run?: Changes<Run>;
    }
  | { readonly kind: 'wait'; readonly delaySeconds: number; readonly reason: string }
  | { readonly kind: 'abort'; readonly reason: string };

export const ACCEPT: Acceptance<never> = { kind: 'accept' };

export const accept = <Run>(changes: Omit<Acceptance<Run>, 'kind'>): Acceptance<Run> => ({
  kind: 'accept',
  ...changes,
});

export const reject = <Run>(
  reason: string,
  state: ProposedState | null = null,
  run: Changes<Run> = {},
): Verdict<Run> => ({ kind: 'reject', state, reason, run });

export const wait = (delaySeconds: number, reason: string): Verdict<never> => ({
  kind: 'wait',
  delaySeconds,
  reason,
});

export const abort = (reason: string): Verdict<never> => ({ kind: 'abort', reason });

export type TransitionStatus = 'ACCEPT' | 'REJECT' | 'WAIT' | 'ABORT';

/** How a transition came out, for what is done after its state was written. */
export interface Outcome {
  readonly status: TransitionStatus;
  /** The state that the run is in now. */
  readonly validated: State | null;
}

/** An answer, or the script that finds it where the database must be asked. */
export type Answer<T> = T | Script<T>;

/**
 * One point of what may follow what. It is asked about transitions from one of its states to another, as long as no
 * rule before it turned the transition into another one; a universal rule is asked whenever a state will be written.
 */
export interface Rule<M extends Moment> {
  readonly name: string;
  readonly from: States;
  readonly to: States;
  readonly isUniversal?: true;
  readonly before?: (moment: M, proposed: State) => Answer<Verdict<M['run']>>;
  readonly after?: (moment: M, outcome: Outcome) => Answer<Changes<M['run']>>;
}

/** A rule about everything, which keeps the books rather than judging. */
export const universal = <M extends Moment>(
  rule: Omit<Rule<M>, 'from' | 'to' | 'isUniversal'>,
): Rule<M> => ({ ...rule, from: ANY_STATE, to: ANY_STATE, isUniversal: true });
