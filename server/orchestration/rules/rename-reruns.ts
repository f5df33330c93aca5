import { ACCEPT, ANY_STATE, type Rule, type TaskRunMoment, accept, states } from '../rule.ts';

/** A task run that runs once more says so by the name of its state. */
export const renameReruns: Rule<TaskRunMoment> = {
  name: 'RenameReruns',
  from: ANY_STATE,
  to: states('RUNNING'),
  before: ({ run, initial }, proposed) => {
    if (initial === null || run.runCount === 0) return ACCEPT;
    const name = initial.name === 'AwaitingRetry' ? 'Retrying' : 'Rerunning';
    return accept({ proposed: { ...proposed, name } });
  },
};
