import type { State as StateValue } from '#server/orchestration/states.ts';
import type { Transition, TransitionDetails } from '#server/orchestration/transition.ts';

import { builder } from '../builder.ts';
import { SetStateStatus } from '../shared/enums.ts';
import { State, type RunKind, toStateShape } from './object.ts';

type Types = typeof builder.$inferSchemaTypes;

/** The outcome of a proposal: verdicts are data, not errors. */
export interface DecisionShape {
  readonly id: string;
  readonly runKind: RunKind;
  readonly status: Transition<unknown>['status'];
  readonly state: StateValue | null;
  readonly details: TransitionDetails;
}

const KIND = 'Which of the details these are.';

const AcceptDetails = builder.objectRef<TransitionDetails>('AcceptDetails').implement({
  description: 'The proposal was accepted.',
  fields: (t) => ({ kind: t.exposeString('type', { description: KIND }) }),
});

const reasonOf = (details: TransitionDetails): string | null => details.reason ?? null;

const RejectDetails = builder.objectRef<TransitionDetails>('RejectDetails').implement({
  description: 'The run was given another state than the proposed one.',
  fields: (t) => ({
    reason: t.string({ nullable: true, description: 'Why.', resolve: reasonOf }),
  }),
});

const AbortDetails = builder.objectRef<TransitionDetails>('AbortDetails').implement({
  description: 'The run must not go on.',
  fields: (t) => ({
    reason: t.string({ nullable: true, description: 'Why.', resolve: reasonOf }),
  }),
});

const WaitDetails = builder.objectRef<TransitionDetails>('WaitDetails').implement({
  description: 'The same may be proposed again later.',
  fields: (t) => ({
    delaySeconds: t.int({
      description: 'After how long.',
      resolve: (details) => Math.round(details.delay_seconds ?? 0),
    }),
    reason: t.string({ nullable: true, description: 'Why.', resolve: reasonOf }),
  }),
});

const TYPES: Readonly<Record<TransitionDetails['type'], string>> = {
  accept_details: 'AcceptDetails',
  reject_details: 'RejectDetails',
  abort_details: 'AbortDetails',
  wait_details: 'WaitDetails',
};

export const StateDecisionDetails = builder.unionType('StateDecisionDetails', {
  description: 'What orchestration has to say about its decision.',
  types: [AcceptDetails, RejectDetails, AbortDetails, WaitDetails],
  resolveType: (details) => TYPES[details.type],
});

/** The fields of a payload that tell how orchestration decided. */
export const decisionFields = (t: PothosSchemaTypes.ObjectFieldBuilder<Types, DecisionShape>) => ({
  status: t.expose('status', { type: SetStateStatus, description: 'What was decided.' }),
  state: t.field({
    type: State,
    nullable: true,
    description: 'The state the run is in now.',
    resolve: ({ state, runKind }) => (state === null ? null : toStateShape(runKind, state)),
  }),
  details: t.expose('details', {
    type: StateDecisionDetails,
    description: 'What there is to say about the decision.',
  }),
});

/** The decision of a transition of either kind of run. */
export const toDecision = (
  runKind: RunKind,
  { run, status, state, details }: Transition<{ readonly id: string }>,
): DecisionShape => ({ id: run.id, runKind, status, state, details });
