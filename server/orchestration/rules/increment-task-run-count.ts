import { ACCEPT, type TaskRunMoment, accept, universal } from '../rule.ts';

/** Counts how often a task run was entered. */
export const incrementTaskRunCount = universal<TaskRunMoment>({
  name: 'IncrementTaskRunCount',
  before: ({ run }, proposed) =>
    proposed.type === 'RUNNING' ? accept({ run: { runCount: run.runCount + 1 } }) : ACCEPT,
});
