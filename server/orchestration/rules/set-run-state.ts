import { type Moment, accept, universal } from '../rule.ts';

/** Notes the new state on the run, so that lists need not look it up: SetRunStateType, -Name and -Timestamp in one. */
export const setRunState = universal<Moment>({
  name: 'SetRunState',
  before: (_moment, { id, type, name, timestamp }) =>
    accept({
      run: { stateId: id, stateType: type, stateName: name, stateTimestamp: timestamp },
    }),
});
