import type {
  Action,
  AutomationCommand,
  CallWebhook,
  ChangeFlowRunState,
  DeploymentCommand,
  PlainAction,
  RunDeployment,
  SendNotification,
  WorkPoolCommand,
  WorkQueueCommand,
} from '#server/automations/definition/action.ts';

import { BLOCK_DOCUMENTS } from '../block-document/list.ts';
import { BlockDocument } from '../block-document/object.ts';
import { builder } from '../builder.ts';
import { DEPLOYMENTS } from '../deployment/list.ts';
import { Deployment } from '../deployment/object.ts';
import { StateType } from '../shared/enums.ts';
import { rowById } from '../shared/rows-by-ids.ts';
import { WORK_POOLS } from '../work-pool/list.ts';
import { WorkPool } from '../work-pool/object.ts';
import { WORK_QUEUES } from '../work-queue/list.ts';
import { WorkQueue } from '../work-queue/object.ts';

export const ActionSource = builder.enumType('ActionSource', {
  description: 'How an action knows the thing that it is about.',
  values: {
    SELECTED: { value: 'selected', description: 'It was chosen.' },
    INFERRED: {
      value: 'inferred',
      description: 'It is the one that the triggering event is about.',
    },
  } as const,
});

const KIND = 'What it does, in Prefect’s word for it.';
const SOURCE = 'How it knows the thing that it is about.';
const GONE = '; null when it is inferred or gone.';

const DoNothingAction = builder.objectRef<PlainAction>('DoNothingAction').implement({
  description: 'Does nothing, which still shows among the events.',
  fields: (t) => ({ kind: t.exposeString('type', { description: KIND }) }),
});

const FlowRunAction = builder.objectRef<PlainAction>('FlowRunAction').implement({
  description: 'Cancels, deletes, suspends or resumes the flow run that the event is about.',
  fields: (t) => ({ kind: t.exposeString('type', { description: KIND }) }),
});

const RunDeploymentAction = builder.objectRef<RunDeployment>('RunDeploymentAction').implement({
  description: 'Makes a run of a deployment.',
  fields: (t) => ({
    source: t.field({ type: ActionSource, description: SOURCE, resolve: ({ source }) => source }),
    deploymentId: t.exposeID('deployment_id', {
      nullable: true,
      description: 'The id of the deployment that was chosen.',
    }),
    deployment: t.field({
      type: Deployment,
      nullable: true,
      description: `The deployment that was chosen${GONE}`,
      resolve: ({ deployment_id: id }, _args, ctx, info) =>
        rowById(ctx, info, { hydrate: DEPLOYMENTS.hydrate, id }),
    }),
    parameters: t.expose('parameters', {
      type: 'JSONObject',
      nullable: true,
      description:
        'What the run is called with, templates among it; null for the deployment’s own.',
    }),
    jobVariables: t.expose('job_variables', {
      type: 'JSONObject',
      nullable: true,
      description: 'What its infrastructure is told; null for the deployment’s own.',
    }),
    scheduleAfterSeconds: t.exposeFloat('schedule_after', {
      description: 'How long after the event it is to start.',
    }),
  }),
});

const DeploymentAction = builder.objectRef<DeploymentCommand>('DeploymentAction').implement({
  description: 'Pauses or resumes the schedules of a deployment.',
  fields: (t) => ({
    source: t.field({ type: ActionSource, description: SOURCE, resolve: ({ source }) => source }),
    kind: t.exposeString('type', { description: KIND }),
    deploymentId: t.exposeID('deployment_id', {
      nullable: true,
      description: 'The id of the deployment that was chosen.',
    }),
    deployment: t.field({
      type: Deployment,
      nullable: true,
      description: `The deployment that was chosen${GONE}`,
      resolve: ({ deployment_id: id }, _args, ctx, info) =>
        rowById(ctx, info, { hydrate: DEPLOYMENTS.hydrate, id }),
    }),
  }),
});

const ChangeFlowRunStateAction = builder
  .objectRef<ChangeFlowRunState>('ChangeFlowRunStateAction')
  .implement({
    description: 'Proposes a state for the flow run that the event is about.',
    fields: (t) => ({
      name: t.exposeString('name', { nullable: true, description: 'The name of the state.' }),
      state: t.field({
        type: StateType,
        description: 'The kind of the state.',
        resolve: ({ state }) => state,
      }),
      message: t.exposeString('message', { nullable: true, description: 'What the state says.' }),
      force: t.exposeBoolean('force', { description: 'Whether no rule may refuse it.' }),
    }),
  });

const WorkQueueAction = builder.objectRef<WorkQueueCommand>('WorkQueueAction').implement({
  description: 'Pauses or resumes a work queue.',
  fields: (t) => ({
    source: t.field({ type: ActionSource, description: SOURCE, resolve: ({ source }) => source }),
    kind: t.exposeString('type', { description: KIND }),
    workQueueId: t.exposeID('work_queue_id', {
      nullable: true,
      description: 'The id of the work queue that was chosen.',
    }),
    workQueue: t.field({
      type: WorkQueue,
      nullable: true,
      description: `The work queue that was chosen${GONE}`,
      resolve: ({ work_queue_id: id }, _args, ctx, info) =>
        rowById(ctx, info, { hydrate: WORK_QUEUES.hydrate, id }),
    }),
  }),
});

const WorkPoolAction = builder.objectRef<WorkPoolCommand>('WorkPoolAction').implement({
  description: 'Pauses or resumes a work pool.',
  fields: (t) => ({
    source: t.field({ type: ActionSource, description: SOURCE, resolve: ({ source }) => source }),
    kind: t.exposeString('type', { description: KIND }),
    workPoolId: t.exposeID('work_pool_id', {
      nullable: true,
      description: 'The id of the work pool that was chosen.',
    }),
    workPool: t.field({
      type: WorkPool,
      nullable: true,
      description: `The work pool that was chosen${GONE}`,
      resolve: ({ work_pool_id: id }, _args, ctx, info) =>
        rowById(ctx, info, { hydrate: WORK_POOLS.hydrate, id }),
    }),
  }),
});

/** Its automation is added where automations are defined. */
export const AutomationPauseAction = builder
  .objectRef<AutomationCommand>('AutomationPauseAction')
  .implement({
    description: 'Switches an automation off or on.',
    fields: (t) => ({
      source: t.field({ type: ActionSource, description: SOURCE, resolve: ({ source }) => source }),
      kind: t.exposeString('type', { description: KIND }),
      automationId: t.exposeID('automation_id', {
        nullable: true,
        description: 'The id of the automation that was chosen.',
      }),
    }),
  });

const SendNotificationAction = builder
  .objectRef<SendNotification>('SendNotificationAction')
  .implement({
    description: 'Sends a message through a block.',
    fields: (t) => ({
      blockDocumentId: t.exposeID('block_document_id', {
        description: 'The id of the block that sends it.',
      }),
      blockDocument: t.field({
        type: BlockDocument,
        nullable: true,
        description: 'The block that sends it; null when it is gone.',
        resolve: ({ block_document_id: id }, _args, ctx, info) =>
          rowById(ctx, info, { hydrate: BLOCK_DOCUMENTS.hydrate, id }),
      }),
      subject: t.exposeString('subject', { description: 'Its subject, a template.' }),
      body: t.exposeString('body', { description: 'Its text, a template.' }),
    }),
  });

const CallWebhookAction = builder.objectRef<CallWebhook>('CallWebhookAction').implement({
  description: 'Calls a webhook that is kept as a block.',
  fields: (t) => ({
    blockDocumentId: t.exposeID('block_document_id', {
      description: 'The id of the block that is called.',
    }),
    blockDocument: t.field({
      type: BlockDocument,
      nullable: true,
      description: 'The block that is called; null when it is gone.',
      resolve: ({ block_document_id: id }, _args, ctx, info) =>
        rowById(ctx, info, { hydrate: BLOCK_DOCUMENTS.hydrate, id }),
    }),
    payload: t.exposeString('payload', { description: 'What it is sent, a template.' }),
  }),
});

const NAMES: Readonly<Record<Action['type'], string>> = {
  'do-nothing': 'DoNothingAction',
  'run-deployment': 'RunDeploymentAction',
  'pause-deployment': 'DeploymentAction',
  'resume-deployment': 'DeploymentAction',
  'cancel-flow-run': 'FlowRunAction',
  'delete-flow-run': 'FlowRunAction',
  'suspend-flow-run': 'FlowRunAction',
  'resume-flow-run': 'FlowRunAction',
  'change-flow-run-state': 'ChangeFlowRunStateAction',
  'pause-work-queue': 'WorkQueueAction',
  'resume-work-queue': 'WorkQueueAction',
  'pause-work-pool': 'WorkPoolAction',
  'resume-work-pool': 'WorkPoolAction',
  'pause-automation': 'AutomationPauseAction',
  'resume-automation': 'AutomationPauseAction',
  'send-notification': 'SendNotificationAction',
  'call-webhook': 'CallWebhookAction',
};

export const AutomationAction = builder.unionType('AutomationAction', {
  description: 'What an automation does when it fires.',
  types: [
    DoNothingAction,
    RunDeploymentAction,
    DeploymentAction,
    FlowRunAction,
    ChangeFlowRunStateAction,
    WorkQueueAction,
    WorkPoolAction,
    AutomationPauseAction,
    SendNotificationAction,
    CallWebhookAction,
  ],
  resolveType: ({ type }) => NAMES[type],
});
