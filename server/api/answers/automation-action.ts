import { z } from 'zod';

import { anyObject, id, nullable } from './parts.ts';
import { stateTypeAnswer } from './state.ts';

export const doNothingAnswer = z
  .object({
    type: z.literal('do-nothing').default('do-nothing'),
  })
  .meta({ id: 'DoNothing' });

export const runDeploymentAnswer = z
  .object({
    type: z.literal('run-deployment').default('run-deployment'),
    source: z.enum(['selected', 'inferred']).default('selected'),
    deployment_id: nullable(id),
    parameters: nullable(anyObject),
    job_variables: nullable(anyObject),
    schedule_after: z.number().min(0.0).optional(),
  })
  .meta({ id: 'RunDeployment' });

export const pauseDeploymentAnswer = z
  .object({
    type: z.literal('pause-deployment').default('pause-deployment'),
    source: z.enum(['selected', 'inferred']).default('selected'),
    deployment_id: nullable(id),
  })
  .meta({ id: 'PauseDeployment' });

export const resumeDeploymentAnswer = z
  .object({
    type: z.literal('resume-deployment').default('resume-deployment'),
    source: z.enum(['selected', 'inferred']).default('selected'),
    deployment_id: nullable(id),
  })
  .meta({ id: 'ResumeDeployment' });

export const cancelFlowRunAnswer = z
  .object({
    type: z.literal('cancel-flow-run').default('cancel-flow-run'),
  })
  .meta({ id: 'CancelFlowRun' });

export const deleteFlowRunAnswer = z
  .object({
    type: z.literal('delete-flow-run').default('delete-flow-run'),
  })
  .meta({ id: 'DeleteFlowRun' });

export const changeFlowRunStateAnswer = z
  .object({
    type: z.literal('change-flow-run-state').default('change-flow-run-state'),
    name: nullable(z.string()),
    state: stateTypeAnswer,
    message: nullable(z.string()),
    force: z.boolean().default(false),
  })
  .meta({ id: 'ChangeFlowRunState' });

export const pauseWorkQueueAnswer = z
  .object({
    type: z.literal('pause-work-queue').default('pause-work-queue'),
    source: z.enum(['selected', 'inferred']).default('selected'),
    work_queue_id: nullable(id),
  })
  .meta({ id: 'PauseWorkQueue' });

export const resumeWorkQueueAnswer = z
  .object({
    type: z.literal('resume-work-queue').default('resume-work-queue'),
    source: z.enum(['selected', 'inferred']).default('selected'),
    work_queue_id: nullable(id),
  })
  .meta({ id: 'ResumeWorkQueue' });

export const sendNotificationAnswer = z
  .object({
    type: z.literal('send-notification').default('send-notification'),
    block_document_id: id,
    subject: z.string().default('Prefect automated notification'),
    body: z.string(),
  })
  .meta({ id: 'SendNotification' });

export const callWebhookAnswer = z
  .object({
    type: z.literal('call-webhook').default('call-webhook'),
    block_document_id: id,
    payload: z.string().default(''),
  })
  .meta({ id: 'CallWebhook' });

export const pauseAutomationAnswer = z
  .object({
    type: z.literal('pause-automation').default('pause-automation'),
    source: z.enum(['selected', 'inferred']).default('selected'),
    automation_id: nullable(id),
  })
  .meta({ id: 'PauseAutomation' });

export const resumeAutomationAnswer = z
  .object({
    type: z.literal('resume-automation').default('resume-automation'),
    source: z.enum(['selected', 'inferred']).default('selected'),
    automation_id: nullable(id),
  })
  .meta({ id: 'ResumeAutomation' });

export const suspendFlowRunAnswer = z
  .object({
    type: z.literal('suspend-flow-run').default('suspend-flow-run'),
  })
  .meta({ id: 'SuspendFlowRun' });

export const resumeFlowRunAnswer = z
  .object({
    type: z.literal('resume-flow-run').default('resume-flow-run'),
  })
  .meta({ id: 'ResumeFlowRun' });

export const pauseWorkPoolAnswer = z
  .object({
    type: z.literal('pause-work-pool').default('pause-work-pool'),
    source: z.enum(['selected', 'inferred']).default('selected'),
    work_pool_id: nullable(id),
  })
  .meta({ id: 'PauseWorkPool' });

export const resumeWorkPoolAnswer = z
  .object({
    type: z.literal('resume-work-pool').default('resume-work-pool'),
    source: z.enum(['selected', 'inferred']).default('selected'),
    work_pool_id: nullable(id),
  })
  .meta({ id: 'ResumeWorkPool' });
