import { STATE_TYPES, type StateType as StateTypeName } from '#server/orchestration/states.ts';

import { builder } from '../builder.ts';

const STATE_MEANINGS: Readonly<Record<StateTypeName, string>> = {
  SCHEDULED: 'It will start at a known time.',
  PENDING: 'It was handed out and is being prepared.',
  RUNNING: 'Its code is running.',
  COMPLETED: 'It ended well.',
  FAILED: 'It ended because of its own code.',
  CANCELLED: 'It was ended by a user.',
  CRASHED: 'It ended because of its surroundings.',
  PAUSED: 'It waits for somebody to resume it.',
  CANCELLING: 'It is being ended on the wish of a user.',
};

export const StateType = builder.enumType('StateType', {
  description: 'The kinds of state that a run can be in.',
  values: Object.fromEntries(
    STATE_TYPES.map((type) => [type, { description: STATE_MEANINGS[type] }]),
    // One value for each state type, which `fromEntries` cannot tell the type checker.
  ) as Record<StateTypeName, { description: string }>,
});

export const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Which end of an order comes first.',
  values: {
    ASC: { description: 'Smallest first.' },
    DESC: { description: 'Largest first.' },
  },
});

export const SetStateStatus = builder.enumType('SetStateStatus', {
  description: 'What orchestration decided about a proposed state.',
  values: {
    ACCEPT: { description: 'The run has the state now.' },
    REJECT: { description: 'The run has another state instead.' },
    ABORT: { description: 'The run must not go on.' },
    WAIT: { description: 'The same may be proposed again later.' },
  },
});

export const ChangeKind = builder.enumType('ChangeKind', {
  description: 'What a message of a stream says about its entity.',
  values: {
    SNAPSHOT: { description: 'This is how it was when the stream began.' },
    CREATED: { description: 'It is new.' },
    UPDATED: { description: 'It changed.' },
    DELETED: { description: 'It is gone.' },
  },
});

export const WorkerStatus = builder.enumType('WorkerStatus', {
  description: 'Whether a worker is there.',
  values: {
    ONLINE: { description: 'It was heard of a short while ago.' },
    OFFLINE: { description: 'It has not been heard of for a while.' },
  },
});

export const WorkPoolStatus = builder.enumType('WorkPoolStatus', {
  description: 'Whether somebody takes the runs of a work pool.',
  values: {
    READY: { description: 'A worker of it is there.' },
    NOT_READY: { description: 'No worker of it is there.' },
    PAUSED: { description: 'It gives out no runs.' },
  },
});
