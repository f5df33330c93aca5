import { CONCURRENCY_LIMITS } from '../concurrency-limit/list.ts';

/** The limits of tags are concurrency limits by another name. */
export const TASK_CONCURRENCY_LIMITS: typeof CONCURRENCY_LIMITS = {
  ...CONCURRENCY_LIMITS,
  typeName: 'TaskConcurrencyLimit',
};
