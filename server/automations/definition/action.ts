import type { JsonObject } from '#server/json.ts';
import type { StateType } from '#server/orchestration/states.ts';

/** Whether an action is about a thing that was chosen, or the one that the triggering event is about. */
export type ActionSource = 'selected' | 'inferred';

interface Targeted {
  readonly source: ActionSource;
}

export interface RunDeployment extends Targeted {
  readonly type: 'run-deployment';
  readonly deployment_id: string | null;
  readonly parameters: JsonObject | null;
  readonly job_variables: JsonObject | null;
  /** In seconds. */
  readonly schedule_after: number;
}

export interface DeploymentCommand extends Targeted {
  readonly type: 'pause-deployment' | 'resume-deployment';
  readonly deployment_id: string | null;
}

export interface WorkQueueCommand extends Targeted {
  readonly type: 'pause-work-queue' | 'resume-work-queue';
  readonly work_queue_id: string | null;
}

export interface WorkPoolCommand extends Targeted {
  readonly type: 'pause-work-pool' | 'resume-work-pool';
  readonly work_pool_id: string | null;
}

export interface AutomationCommand extends Targeted {
  readonly type: 'pause-automation' | 'resume-automation';
  readonly automation_id: string | null;
}

/** What needs no more than its name. */
export interface PlainAction {
  readonly type:
    | 'do-nothing'
    | 'cancel-flow-run'
    | 'delete-flow-run'
    | 'suspend-flow-run'
    | 'resume-flow-run';
}

export interface ChangeFlowRunState {
  readonly type: 'change-flow-run-state';
  readonly name: string | null;
  readonly state: StateType;
  readonly message: string | null;
  readonly force: boolean;
}

export interface SendNotification {
  readonly type: 'send-notification';
  readonly block_document_id: string;
  /** A template, as the body is. */
  readonly subject: string;
  readonly body: string;
}

export interface CallWebhook {
  readonly type: 'call-webhook';
  readonly block_document_id: string;
  /** A template. */
  readonly payload: string;
}

type TargetedAction =
  | RunDeployment
  | DeploymentCommand
  | WorkQueueCommand
  | WorkPoolCommand
  | AutomationCommand;

/** What an automation does when it fires. */
export type Action =
  | TargetedAction
  | PlainAction
  | ChangeFlowRunState
  | SendNotification
  | CallWebhook;

export type ActionType = Action['type'];

export const DEFAULT_SUBJECT = 'Prefect automated notification';

export type TargetField = 'deployment_id' | 'work_queue_id' | 'work_pool_id' | 'automation_id';

/** The thing that an action is about: the field that names it, and its id. */
export interface Target {
  readonly field: TargetField;
  readonly source: ActionSource;
  readonly id: string | null;
}

/** What an action is about; null for one that is about nothing, or about the run of its event. */
export const targetOf = (action: Action): Target | null => {
  if ('deployment_id' in action) {
    return { field: 'deployment_id', source: action.source, id: action.deployment_id };
  }
  if ('work_queue_id' in action) {
    return { field: 'work_queue_id', source: action.source, id: action.work_queue_id };
  }
  if ('work_pool_id' in action) {
    return { field: 'work_pool_id', source: action.source, id: action.work_pool_id };
  }
  if ('automation_id' in action) {
    return { field: 'automation_id', source: action.source, id: action.automation_id };
  }
  return null;
};
