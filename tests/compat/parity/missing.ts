/**
 * Operations that cannot be done through both doors yet, each with the field of the schema that will do it. The test of
 * both doors fails as soon as one of them can be done, so that it gets its step.
 */
export const MISSING: Readonly<Record<string, string>> = {
  'POST /templates/validate': 'Query.validateTemplate',
  'POST /automations/templates/validate': 'Query.validateTemplate',
  'WS /logs/out': 'Subscription.logs',
};
