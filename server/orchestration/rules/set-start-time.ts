import { ACCEPT, type Moment, accept, universal } from '../rule.ts';

/** Notes when a run was first running. */
export const setStartTime = universal<Moment>({
  name: 'SetStartTime',
  before: ({ run }, proposed) =>
    proposed.type === 'RUNNING' && run.startTime === null
      ? accept({ run: { startTime: proposed.timestamp } })
      : ACCEPT,
});
