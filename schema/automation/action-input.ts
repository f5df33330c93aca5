import {
  type Action,
  type ActionSource as Source,
  DEFAULT_SUBJECT,
} from '#server/automations/definition/action.ts';
import type { JsonObject } from '#server/json.ts';
import type { StateType as StateTypeName } from '#server/orchestration/states.ts';

import { builder } from '../builder.ts';
import { InvalidInput } from '../errors/classes.ts';
import { StateType } from '../shared/enums.ts';
import { storedId } from '../shared/where-unique.ts';
import { ActionSource } from './action.ts';

type Optional<T> = T | null | undefined;

const SOURCE = 'How it knows the thing that it is about.';
const TARGET = 'The id of the thing, when it is chosen.';
const DO = 'True for this one.';

const TargetActionInput = builder.inputType('TargetActionInput', {
  description: 'An action about one thing.',
  fields: (t) => ({
    source: t.field({ type: ActionSource, required: true, description: SOURCE }),
    id: t.id({ description: TARGET }),
  }),
});

const RunDeploymentActionInput = builder.inputType('RunDeploymentActionInput', {
  description: 'Makes a run of a deployment.',
  fields: (t) => ({
    source: t.field({ type: ActionSource, required: true, description: SOURCE }),
    deploymentId: t.id({ description: 'The id of the deployment, when it is chosen.' }),
    parameters: t.field({
      type: 'JSONObject',
      description: 'What the run is called with, templates among it.',
    }),
    jobVariables: t.field({ type: 'JSONObject', description: 'What its infrastructure is told.' }),
    scheduleAfterSeconds: t.float({
      description: 'How long after the event it is to start; at once without a word.',
    }),
  }),
});

const ChangeStateActionInput = builder.inputType('ChangeStateActionInput', {
  description: 'Proposes a state for the flow run that the event is about.',
  fields: (t) => ({
    name: t.string({ description: 'The name of the state.' }),
    state: t.field({ type: StateType, required: true, description: 'The kind of the state.' }),
    message: t.string({ description: 'What the state says.' }),
    force: t.boolean({ description: 'Whether no rule may refuse it.' }),
  }),
});

const NotificationActionInput = builder.inputType('NotificationActionInput', {
  description: 'Sends a message through a block.',
  fields: (t) => ({
    blockDocumentId: t.id({ required: true, description: 'The id of the block that sends it.' }),
    subject: t.string({ description: 'Its subject, a template.' }),
    body: t.string({ required: true, description: 'Its text, a template.' }),
  }),
});

const WebhookActionInput = builder.inputType('WebhookActionInput', {
  description: 'Calls a webhook that is kept as a block.',
  fields: (t) => ({
    blockDocumentId: t.id({ required: true, description: 'The id of the block that is called.' }),
    payload: t.string({ description: 'What it is sent, a template.' }),
  }),
});

export const AutomationActionInput = builder.inputType('AutomationActionInput', {
  description: 'What an automation is to do when it fires.',
  isOneOf: true,
  fields: (t) => ({
    doNothing: t.boolean({ description: `Nothing. ${DO}` }),
    runDeployment: t.field({ type: RunDeploymentActionInput, description: 'Run a deployment.' }),
    pauseDeployment: t.field({ type: TargetActionInput, description: 'Pause a deployment.' }),
    resumeDeployment: t.field({ type: TargetActionInput, description: 'Resume a deployment.' }),
    cancelFlowRun: t.boolean({ description: `Cancel the flow run. ${DO}` }),
    deleteFlowRun: t.boolean({ description: `Delete the flow run. ${DO}` }),
    suspendFlowRun: t.boolean({ description: `Suspend the flow run. ${DO}` }),
    resumeFlowRun: t.boolean({ description: `Resume the flow run. ${DO}` }),
    changeFlowRunState: t.field({
      type: ChangeStateActionInput,
      description: 'Propose a state for the flow run.',
    }),
    pauseWorkQueue: t.field({ type: TargetActionInput, description: 'Pause a work queue.' }),
    resumeWorkQueue: t.field({ type: TargetActionInput, description: 'Resume a work queue.' }),
    pauseWorkPool: t.field({ type: TargetActionInput, description: 'Pause a work pool.' }),
    resumeWorkPool: t.field({ type: TargetActionInput, description: 'Resume a work pool.' }),
    pauseAutomation: t.field({ type: TargetActionInput, description: 'Switch an automation off.' }),
    resumeAutomation: t.field({ type: TargetActionInput, description: 'Switch an automation on.' }),
    sendNotification: t.field({ type: NotificationActionInput, description: 'Send a message.' }),
    callWebhook: t.field({ type: WebhookActionInput, description: 'Call a webhook.' }),
  }),
});

interface GivenTarget {
  readonly source: Source;
  readonly id?: Optional<string>;
}

interface GivenRun {
  readonly source: Source;
  readonly deploymentId?: Optional<string>;
  readonly parameters?: Optional<JsonObject>;
  readonly jobVariables?: Optional<JsonObject>;
  readonly scheduleAfterSeconds?: Optional<number>;
}

interface GivenState {
  readonly name?: Optional<string>;
  readonly state: StateTypeName;
  readonly message?: Optional<string>;
  readonly force?: Optional<boolean>;
}

interface GivenNotification {
  readonly blockDocumentId: string;
  readonly subject?: Optional<string>;
  readonly body: string;
}

interface GivenWebhook {
  readonly blockDocumentId: string;
  readonly payload?: Optional<string>;
}

const stored = (id: Optional<string>): string | null =>
  id === null || id === undefined ? null : storedId(id);

const toRun = (run: GivenRun): Action => ({
  type: 'run-deployment',
  source: run.source,
  deployment_id: stored(run.deploymentId),
  parameters: run.parameters ?? null,
  job_variables: run.jobVariables ?? null,
  schedule_after: run.scheduleAfterSeconds ?? 0,
});

const plain =
  (type: Extract<Action['type'], 'do-nothing' | `${string}-flow-run`>) => (): Action => ({
    type,
  });

/** How each kind of action is read; each function is given the value of the field of its name. */
const READERS = {
  doNothing: plain('do-nothing'),
  runDeployment: toRun,
  pauseDeployment: ({ source, id }: GivenTarget): Action => ({
    type: 'pause-deployment',
    source,
    deployment_id: stored(id),
  }),
  resumeDeployment: ({ source, id }: GivenTarget): Action => ({
    type: 'resume-deployment',
    source,
    deployment_id: stored(id),
  }),
  cancelFlowRun: plain('cancel-flow-run'),
  deleteFlowRun: plain('delete-flow-run'),
  suspendFlowRun: plain('suspend-flow-run'),
  resumeFlowRun: plain('resume-flow-run'),
  changeFlowRunState: ({ name, state, message, force }: GivenState): Action => ({
    type: 'change-flow-run-state',
    name: name ?? null,
    state,
    message: message ?? null,
    force: force ?? false,
  }),
  pauseWorkQueue: ({ source, id }: GivenTarget): Action => ({
    type: 'pause-work-queue',
    source,
    work_queue_id: stored(id),
  }),
  resumeWorkQueue: ({ source, id }: GivenTarget): Action => ({
    type: 'resume-work-queue',
    source,
    work_queue_id: stored(id),
  }),
  pauseWorkPool: ({ source, id }: GivenTarget): Action => ({
    type: 'pause-work-pool',
    source,
    work_pool_id: stored(id),
  }),
  resumeWorkPool: ({ source, id }: GivenTarget): Action => ({
    type: 'resume-work-pool',
    source,
    work_pool_id: stored(id),
  }),
  pauseAutomation: ({ source, id }: GivenTarget): Action => ({
    type: 'pause-automation',
    source,
    automation_id: stored(id),
  }),
  resumeAutomation: ({ source, id }: GivenTarget): Action => ({
    type: 'resume-automation',
    source,
    automation_id: stored(id),
  }),
  sendNotification: ({ blockDocumentId, subject, body }: GivenNotification): Action => ({
    type: 'send-notification',
    block_document_id: storedId(blockDocumentId),
    subject: subject ?? DEFAULT_SUBJECT,
    body,
  }),
  callWebhook: ({ blockDocumentId, payload }: GivenWebhook): Action => ({
    type: 'call-webhook',
    block_document_id: storedId(blockDocumentId),
    payload: payload ?? '',
  }),
} as const;

type Kind = keyof typeof READERS;

const isKind = (name: string): name is Kind => Object.hasOwn(READERS, name);

/** The actions of an input. Throws InvalidInput for one that is false. */
export const toActions = (
  given: readonly (typeof AutomationActionInput.$inferInput)[],
  list: string,
): readonly Action[] =>
  given.map((action, index) => {
    const [[kind, value] = []] = Object.entries(action);
    if (kind !== undefined && isKind(kind) && value !== false) {
      // Each reader takes the value of its own field, which the type checker cannot follow through the name.
      return (READERS[kind] as (value: unknown) => Action)(value);
    }
    const message = 'An action is left out or true.';
    throw new InvalidInput(message, [{ message, path: [list, String(index), kind ?? ''] }]);
  });
