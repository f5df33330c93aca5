import type { StateType } from '#server/orchestration/states.ts';
import type { Micros } from '#server/time.ts';

// One vocabulary of filters for both doors. Criteria of one object hold together; a list that is empty matches
// nothing in `in` and `any`, and everything elsewhere, as Prefect has it. An absent criterion holds for all.

export interface IdFilter {
  readonly in?: readonly string[];
  readonly notIn?: readonly string[];
  readonly isNull?: boolean;
}

export interface TextFilter {
  readonly in?: readonly string[];
  readonly notIn?: readonly string[];
  /** Contains, without regard to case; `%` and `_` are wildcards. */
  readonly like?: string;
  /** Contains the text as it stands, without regard to case. */
  readonly contains?: string;
  readonly startsWith?: readonly string[];
  readonly notStartsWith?: readonly string[];
  readonly isNull?: boolean;
}

export interface TagsFilter {
  readonly all?: readonly string[];
  readonly any?: readonly string[];
  readonly isEmpty?: boolean;
}

/** Both ends belong to the range. */
export interface InstantFilter {
  readonly after?: Micros;
  readonly before?: Micros;
  readonly isNull?: boolean;
}

export interface NumberFilter {
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly isNull?: boolean;
}

interface StateTypeFilter {
  readonly in?: readonly StateType[];
  readonly notIn?: readonly StateType[];
}

export interface StateFilter {
  readonly type?: StateTypeFilter;
  readonly name?: TextFilter;
}

export interface ActorFilter {
  readonly id?: IdFilter;
  readonly type?: TextFilter;
  readonly isNull?: boolean;
}

interface Combined<Filter> {
  readonly and?: readonly Filter[];
  readonly or?: readonly Filter[];
  readonly not?: Filter;
}

export interface FlowFilter extends Combined<FlowFilter> {
  readonly id?: IdFilter;
  readonly name?: TextFilter;
  readonly tags?: TagsFilter;
  readonly hasDeployments?: boolean;
  readonly deployments?: DeploymentFilter;
  readonly flowRuns?: FlowRunFilter;
}

export interface FlowRunFilter extends Combined<FlowRunFilter> {
  readonly id?: IdFilter;
  readonly name?: TextFilter;
  readonly tags?: TagsFilter;
  readonly flowId?: IdFilter;
  readonly deploymentId?: IdFilter;
  readonly workQueueName?: TextFilter;
  readonly state?: StateFilter;
  readonly flowVersion?: TextFilter;
  /** The range is of the start or, before it, the expected start; `isNull` is of the start alone. */
  readonly startTime?: InstantFilter;
  readonly endTime?: InstantFilter;
  readonly expectedStartTime?: InstantFilter;
  readonly nextScheduledStartTime?: InstantFilter;
  readonly parentFlowRunId?: IdFilter;
  readonly parentTaskRunId?: IdFilter;
  readonly idempotencyKey?: TextFilter;
  readonly createdBy?: ActorFilter;
  readonly flow?: FlowFilter;
  readonly deployment?: DeploymentFilter;
  readonly workPool?: WorkPoolFilter;
  readonly workQueue?: WorkQueueFilter;
  readonly taskRuns?: TaskRunFilter;
  /** One of a long list of ids, which some other criterion came to. */
  readonly among?: readonly string[];
  /** Set when so many runs are in the states asked for that an index of states would not help. */
  readonly areStatesCommon?: boolean;
}

export interface TaskRunFilter extends Combined<TaskRunFilter> {
  readonly id?: IdFilter;
  readonly name?: TextFilter;
  readonly tags?: TagsFilter;
  readonly state?: StateFilter;
  readonly flowRunId?: IdFilter;
  readonly startTime?: InstantFilter;
  readonly endTime?: InstantFilter;
  readonly expectedStartTime?: InstantFilter;
  readonly hasSubflowRuns?: boolean;
  readonly flowRun?: FlowRunFilter;
}

export interface DeploymentFilter extends Combined<DeploymentFilter> {
  readonly id?: IdFilter;
  readonly name?: TextFilter;
  readonly flowOrDeploymentName?: TextFilter;
  readonly isPaused?: boolean;
  readonly tags?: TagsFilter;
  readonly workQueueName?: TextFilter;
  readonly concurrencyLimitId?: IdFilter;
  /** How many of its runs may go on at once. */
  readonly concurrencyLimit?: NumberFilter;
  readonly flow?: FlowFilter;
  readonly workPool?: WorkPoolFilter;
  readonly workQueue?: WorkQueueFilter;
  readonly flowRuns?: FlowRunFilter;
}

export interface WorkPoolFilter extends Combined<WorkPoolFilter> {
  readonly id?: IdFilter;
  readonly name?: TextFilter;
  readonly type?: TextFilter;
  /** PAUSED, or else READY or NOT_READY. */
  readonly status?: TextFilter;
}

export interface WorkQueueFilter extends Combined<WorkQueueFilter> {
  readonly id?: IdFilter;
  readonly name?: TextFilter;
  readonly workPool?: WorkPoolFilter;
}

export interface WorkerFilter extends Combined<WorkerFilter> {
  readonly name?: TextFilter;
  readonly status?: TextFilter;
  readonly workPoolId?: IdFilter;
  readonly lastHeartbeatTime?: InstantFilter;
}

export interface ArtifactFilter extends Combined<ArtifactFilter> {
  /** Of a collection: the id of its latest artifact. */
  readonly id?: IdFilter;
  readonly key?: TextFilter;
  readonly flowRunId?: IdFilter;
  readonly taskRunId?: IdFilter;
  readonly type?: TextFilter;
  readonly flowRun?: FlowRunFilter;
  readonly taskRun?: TaskRunFilter;
}

export interface LogFilter extends Combined<LogFilter> {
  readonly level?: NumberFilter;
  readonly timestamp?: InstantFilter;
  readonly flowRunId?: IdFilter;
  readonly taskRunId?: IdFilter;
  readonly text?: string;
}

export interface VariableFilter extends Combined<VariableFilter> {
  readonly id?: IdFilter;
  readonly name?: TextFilter;
  readonly tags?: TagsFilter;
}

export interface AutomationFilter extends Combined<AutomationFilter> {
  readonly id?: IdFilter;
  readonly name?: TextFilter;
  readonly tags?: TagsFilter;
  readonly createdAt?: InstantFilter;
  /** The name by which events speak of a resource that the automation belongs to or runs. */
  readonly relatedToResource?: string;
}
