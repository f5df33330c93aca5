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
import { storedShape } from './parts.ts';
import { compoundTriggerAnswer, eventTriggerAnswer, sequenceTriggerAnswer } from './trigger.ts';

const actionAnswer = z.union([
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
]);

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
    actions: z.array(actionAnswer),
    actions_on_trigger: z.array(actionAnswer).optional(),
    actions_on_resolve: z.array(actionAnswer).optional(),
    ...storedShape,
  })
  .meta({ id: 'Automation' });
