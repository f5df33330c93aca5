import { ACCEPT, type Rule, type TaskRunMoment, accept, states } from '../rule.ts';
import { detailText, withDetails } from '../state-details.ts';

/** Hands on where the parameters of a background task lie. */
export const copyTaskParametersId: Rule<TaskRunMoment> = {
  name: 'CopyTaskParametersID',
  from: states('SCHEDULED', 'PENDING'),
  to: states('PENDING', 'RUNNING'),
  before: ({ initial }, proposed) => {
    const key = 'task_parameters_id';
    const id = initial === null ? null : detailText(initial, key);
    return id === null || detailText(proposed, key) !== null
      ? ACCEPT
      : accept({ proposed: withDetails(proposed, { [key]: id }) });
  },
};
