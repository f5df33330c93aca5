/**
 * Operations that cannot be done through both doors yet, each with the field of the schema that will do it. The test of
 * both doors fails as soon as one of them can be done, so that it gets its step.
 */
export const MISSING: Readonly<Record<string, string>> = {
  'POST /task_workers/filter': 'Query.taskWorkers',
  'POST /templates/validate': 'Query.validateTemplate',
  'POST /automations/templates/validate': 'Query.validateTemplate',
  'WS /logs/out': 'Subscription.logs',
  'WS /task_runs/subscriptions/scheduled': 'Subscription.scheduledTaskRuns',
  'WS /work_pools/{work_pool_name}/workers/connect': 'Subscription.workerChannel',
};
