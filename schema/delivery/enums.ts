import { builder } from '../builder.ts';

export const DeliveryKind = builder.enumType('DeliveryKind', {
  description: 'What is handed out.',
  values: {
    FLOW_RUN: { description: 'A flow run that should be started.' },
    TASK_RUN: { description: 'A background run of a task.' },
    CLEANUP: { description: 'Something that is left of a run and must be removed.' },
  } as const,
});

export const CleanupKind = builder.enumType('CleanupKind', {
  description: 'Why something is left of a run.',
  values: {
    CANCELLING_TIMEOUT_TEARDOWN: {
      value: 'cancelling_timeout_teardown.v1',
      description: 'Nobody confirmed in time that the run was cancelled.',
    },
    PENDING_CLAIM_TEARDOWN: {
      value: 'pending_claim_teardown.v1',
      description: 'Somebody claimed the run and did not start it.',
    },
  } as const,
});
