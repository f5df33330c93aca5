import { z } from 'zod';

import { id, integer, nullable } from './parts.ts';
import { stateAnswer } from './state.ts';

const setStateStatusAnswer = z
  .enum(['ACCEPT', 'REJECT', 'ABORT', 'WAIT'])
  .meta({ id: 'SetStateStatus' });

const stateAcceptDetailsAnswer = z
  .object({
    type: z.literal('accept_details').default('accept_details'),
  })
  .meta({ id: 'StateAcceptDetails' });

const stateWaitDetailsAnswer = z
  .object({
    type: z.literal('wait_details').default('wait_details'),
    delay_seconds: integer,
    reason: nullable(z.string()),
  })
  .meta({ id: 'StateWaitDetails' });

const stateRejectDetailsAnswer = z
  .object({
    type: z.literal('reject_details').default('reject_details'),
    reason: nullable(z.string()),
  })
  .meta({ id: 'StateRejectDetails' });

const stateAbortDetailsAnswer = z
  .object({
    type: z.literal('abort_details').default('abort_details'),
    reason: nullable(z.string()),
  })
  .meta({ id: 'StateAbortDetails' });

export const transitionAnswer = z
  .object({
    state: stateAnswer.nullable(),
    status: setStateStatusAnswer,
    details: z.union([
      stateAcceptDetailsAnswer,
      stateWaitDetailsAnswer,
      stateRejectDetailsAnswer,
      stateAbortDetailsAnswer,
    ]),
  })
  .meta({ id: 'OrchestrationResult' });

const bulkTransitionAnswer = z
  .object({
    flow_run_id: id,
    status: setStateStatusAnswer,
    state: nullable(stateAnswer),
    details: z.union([
      stateAcceptDetailsAnswer,
      stateWaitDetailsAnswer,
      stateRejectDetailsAnswer,
      stateAbortDetailsAnswer,
    ]),
  })
  .meta({ id: 'FlowRunOrchestrationResult' });

export const flowRunBulkSetStateAnswer = z
  .object({
    results: z.array(bulkTransitionAnswer).optional(),
  })
  .meta({ id: 'FlowRunBulkSetStateResponse' });
