import type { builder } from '../builder.ts';
import { RunPolicyInput } from '../shared/run-policy-input.ts';
import { StateInput } from '../state/input.ts';

type Types = typeof builder.$inferSchemaTypes;

/** What may be said of a new flow run, whether a deployment stands behind it or not. */
export const creationFields = (t: PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>) => ({
  name: t.string({ description: 'Its name; one is made up without.' }),
  context: t.field({ type: 'JSONObject', description: 'Notes of its maker.' }),
  labels: t.field({ type: 'JSONObject', description: 'Its labels.' }),
  idempotencyKey: t.string({ description: 'A key that keeps it from being made twice.' }),
  parentTaskRunId: t.id({
    description: 'The id of the task run that stands for it in the flow run it is called from.',
  }),
  policy: t.field({ type: RunPolicyInput, description: 'How it is retried.' }),
  jobVariables: t.field({
    type: 'JSONObject',
    description: 'What it changes of its infrastructure.',
  }),
  state: t.field({ type: StateInput, description: 'The state it starts in.' }),
  workQueueName: t.string({ description: 'The work queue it waits in.' }),
  infrastructureDocumentId: t.id({ description: 'The id of the block it runs on.' }),
});
