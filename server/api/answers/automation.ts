import { z } from 'zod';

import {
  callWebhookAnswer,
  cancelFlowRunAnswer,
  changeFlowRunStateAnswer,
  deleteFlowRunAnswer,
  doNothingAnswer,
  pauseAutomationAnswer,
  pauseDeploymentAnswer,
  pauseWorkPoolAnswer,
  pauseWorkQueueAnswer,
  resumeAutomationAnswer,
  resumeDeploymentAnswer,
  resumeFlowRunAnswer,
  resumeWorkPoolAnswer,
  resumeWorkQueueAnswer,
  runDeploymentAnswer,
  sendNotificationAnswer,
  suspendFlowRunAnswer,
} from './automation-action.ts';
import { id, instant } from './parts.ts';
import { compoundTriggerAnswer, eventTriggerAnswer, sequenceTriggerAnswer } from './trigger.ts';

export const automationAnswer = z
  .object({
    name: z.string(),
    description: z.string().default(''),
    enabled: z.boolean().default(true),
    tags: z.array(z.string()).optional(),
    trigger: z.union([
      eventTriggerAnswer,
      z.lazy(() => compoundTriggerAnswer),
      z.lazy(() => sequenceTriggerAnswer),
    ]),
    actions: z.array(
      z.union([
        doNothingAnswer,
        runDeploymentAnswer,
        pauseDeploymentAnswer,
        resumeDeploymentAnswer,
        cancelFlowRunAnswer,
        deleteFlowRunAnswer,
        changeFlowRunStateAnswer,
        pauseWorkQueueAnswer,
        resumeWorkQueueAnswer,
        sendNotificationAnswer,
        callWebhookAnswer,
        pauseAutomationAnswer,
        resumeAutomationAnswer,
        suspendFlowRunAnswer,
        resumeFlowRunAnswer,
        pauseWorkPoolAnswer,
        resumeWorkPoolAnswer,
      ]),
    ),
    actions_on_trigger: z
      .array(
        z.union([
          doNothingAnswer,
          runDeploymentAnswer,
          pauseDeploymentAnswer,
          resumeDeploymentAnswer,
          cancelFlowRunAnswer,
          deleteFlowRunAnswer,
          changeFlowRunStateAnswer,
          pauseWorkQueueAnswer,
          resumeWorkQueueAnswer,
          sendNotificationAnswer,
          callWebhookAnswer,
          pauseAutomationAnswer,
          resumeAutomationAnswer,
          suspendFlowRunAnswer,
          resumeFlowRunAnswer,
          pauseWorkPoolAnswer,
          resumeWorkPoolAnswer,
        ]),
      )
      .optional(),
    actions_on_resolve: z
      .array(
        z.union([
          doNothingAnswer,
          runDeploymentAnswer,
          pauseDeploymentAnswer,
          resumeDeploymentAnswer,
          cancelFlowRunAnswer,
          deleteFlowRunAnswer,
          changeFlowRunStateAnswer,
          pauseWorkQueueAnswer,
          resumeWorkQueueAnswer,
          sendNotificationAnswer,
          callWebhookAnswer,
          pauseAutomationAnswer,
          resumeAutomationAnswer,
          suspendFlowRunAnswer,
          resumeFlowRunAnswer,
          pauseWorkPoolAnswer,
          resumeWorkPoolAnswer,
        ]),
      )
      .optional(),
    id,
    created: instant.nullable(),
    updated: instant.nullable(),
  })
  .meta({ id: 'Automation' });
