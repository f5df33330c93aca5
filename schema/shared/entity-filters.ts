import { builder } from '../builder.ts';
import {
  ActorFilter,
  BooleanFilter,
  DateTimeFilter,
  IDFilter,
  IntFilter,
  StateFilter,
  StringFilter,
  TagsFilter,
  TextFilter,
  WorkPoolStatusFilter,
  WorkerStatusFilter,
} from './comparators.ts';

/** A filter whose values are read by `toFilter`, which is why nothing is known of their shape here. */
export const filterRef = (name: string) => builder.inputRef<Record<string, unknown>, false>(name);

// Filters lead to each other along the relations of their entities, so they are made first and filled in later.
export const FlowFilter = filterRef('FlowFilter');
export const FlowRunFilter = filterRef('FlowRunFilter');
export const TaskRunFilter = filterRef('TaskRunFilter');
export const DeploymentFilter = filterRef('DeploymentFilter');
export const WorkPoolFilter = filterRef('WorkPoolFilter');
export const WorkQueueFilter = filterRef('WorkQueueFilter');
export const WorkerFilter = filterRef('WorkerFilter');
export const ArtifactFilter = filterRef('ArtifactFilter');
export const LogFilter = filterRef('LogFilter');
export const VariableFilter = filterRef('VariableFilter');
export const AutomationFilter = filterRef('AutomationFilter');

const AND = 'All of these admit it.';
const OR = 'One of these admits it.';
const NOT = 'This does not admit it.';
const NAME = 'Its name.';
const ID = 'Its id.';
const TAGS = 'Its tags.';

FlowFilter.implement({
  description: 'Which flows. All conditions that are given must hold.',
  fields: (t) => ({
    and: t.field({ type: [FlowFilter], description: AND }),
    or: t.field({ type: [FlowFilter], description: OR }),
    not: t.field({ type: FlowFilter, description: NOT }),
    id: t.field({ type: IDFilter, description: ID }),
    name: t.field({ type: StringFilter, description: NAME }),
    tags: t.field({ type: TagsFilter, description: TAGS }),
    hasDeployments: t.boolean({ description: 'Whether it has a deployment.' }),
    deployments: t.field({ type: DeploymentFilter, description: 'One of its deployments.' }),
    flowRuns: t.field({ type: FlowRunFilter, description: 'One of its runs.' }),
  }),
});

FlowRunFilter.implement({
  description: 'Which flow runs. All conditions that are given must hold.',
  fields: (t) => ({
    and: t.field({ type: [FlowRunFilter], description: AND }),
    or: t.field({ type: [FlowRunFilter], description: OR }),
    not: t.field({ type: FlowRunFilter, description: NOT }),
    id: t.field({ type: IDFilter, description: ID }),
    name: t.field({ type: StringFilter, description: NAME }),
    tags: t.field({ type: TagsFilter, description: TAGS }),
    flowId: t.field({ type: IDFilter, description: 'The id of its flow.' }),
    deploymentId: t.field({ type: IDFilter, description: 'The id of its deployment.' }),
    workQueueName: t.field({ type: StringFilter, description: 'The name of its work queue.' }),
    state: t.field({ type: StateFilter, description: 'Its present state.' }),
    flowVersion: t.field({ type: StringFilter, description: 'The version of its flow.' }),
    startTime: t.field({
      type: DateTimeFilter,
      description: 'When it started or, before that, when it is expected to.',
    }),
    endTime: t.field({ type: DateTimeFilter, description: 'When it ended.' }),
    expectedStartTime: t.field({
      type: DateTimeFilter,
      description: 'When it is, or was, expected to start.',
    }),
    nextScheduledStartTime: t.field({
      type: DateTimeFilter,
      description: 'When it will be started next.',
    }),
    parentFlowRunId: t.field({
      type: IDFilter,
      description: 'The id of the flow run it was called from.',
    }),
    parentTaskRunId: t.field({
      type: IDFilter,
      description: 'The id of the task run that stands for it in the flow run it was called from.',
    }),
    idempotencyKey: t.field({ type: StringFilter, description: 'The key it was made once with.' }),
    createdBy: t.field({ type: ActorFilter, description: 'Who made it.' }),
    flow: t.field({ type: FlowFilter, description: 'Its flow.' }),
    deployment: t.field({ type: DeploymentFilter, description: 'Its deployment.' }),
    workPool: t.field({ type: WorkPoolFilter, description: 'The work pool of its queue.' }),
    workQueue: t.field({ type: WorkQueueFilter, description: 'Its work queue.' }),
    taskRuns: t.field({ type: TaskRunFilter, description: 'One of its task runs.' }),
  }),
});

TaskRunFilter.implement({
  description: 'Which task runs. All conditions that are given must hold.',
  fields: (t) => ({
    and: t.field({ type: [TaskRunFilter], description: AND }),
    or: t.field({ type: [TaskRunFilter], description: OR }),
    not: t.field({ type: TaskRunFilter, description: NOT }),
    id: t.field({ type: IDFilter, description: ID }),
    name: t.field({ type: StringFilter, description: NAME }),
    tags: t.field({ type: TagsFilter, description: TAGS }),
    state: t.field({ type: StateFilter, description: 'Its present state.' }),
    flowRunId: t.field({ type: IDFilter, description: 'The id of its flow run.' }),
    startTime: t.field({ type: DateTimeFilter, description: 'When it started.' }),
    endTime: t.field({ type: DateTimeFilter, description: 'When it ended.' }),
    expectedStartTime: t.field({
      type: DateTimeFilter,
      description: 'When it is, or was, expected to start.',
    }),
    hasSubflowRuns: t.boolean({
      description: 'Whether it stands for a flow run called from a flow.',
    }),
    flowRun: t.field({ type: FlowRunFilter, description: 'Its flow run.' }),
  }),
});

DeploymentFilter.implement({
  description: 'Which deployments. All conditions that are given must hold.',
  fields: (t) => ({
    and: t.field({ type: [DeploymentFilter], description: AND }),
    or: t.field({ type: [DeploymentFilter], description: OR }),
    not: t.field({ type: DeploymentFilter, description: NOT }),
    id: t.field({ type: IDFilter, description: ID }),
    name: t.field({ type: StringFilter, description: NAME }),
    flowOrDeploymentName: t.field({
      type: StringFilter,
      description: 'Its name or the name of its flow.',
    }),
    paused: t.field({ type: BooleanFilter, description: 'Whether its schedules make no runs.' }),
    tags: t.field({ type: TagsFilter, description: TAGS }),
    workQueueName: t.field({ type: StringFilter, description: 'The name of its work queue.' }),
    concurrencyLimit: t.field({
      type: IntFilter,
      description: 'How many of its runs may go on at once.',
    }),
    flow: t.field({ type: FlowFilter, description: 'Its flow.' }),
    workPool: t.field({ type: WorkPoolFilter, description: 'The work pool of its queue.' }),
    workQueue: t.field({ type: WorkQueueFilter, description: 'Its work queue.' }),
    flowRuns: t.field({ type: FlowRunFilter, description: 'One of its runs.' }),
  }),
});

WorkPoolFilter.implement({
  description: 'Which work pools. All conditions that are given must hold.',
  fields: (t) => ({
    and: t.field({ type: [WorkPoolFilter], description: AND }),
    or: t.field({ type: [WorkPoolFilter], description: OR }),
    not: t.field({ type: WorkPoolFilter, description: NOT }),
    id: t.field({ type: IDFilter, description: ID }),
    name: t.field({ type: StringFilter, description: NAME }),
    type: t.field({
      type: StringFilter,
      description: 'The kind of infrastructure, such as process.',
    }),
    status: t.field({
      type: WorkPoolStatusFilter,
      description: 'Whether somebody takes its runs.',
    }),
  }),
});

WorkQueueFilter.implement({
  description: 'Which work queues. All conditions that are given must hold.',
  fields: (t) => ({
    and: t.field({ type: [WorkQueueFilter], description: AND }),
    or: t.field({ type: [WorkQueueFilter], description: OR }),
    not: t.field({ type: WorkQueueFilter, description: NOT }),
    id: t.field({ type: IDFilter, description: ID }),
    name: t.field({ type: StringFilter, description: NAME }),
    workPool: t.field({ type: WorkPoolFilter, description: 'Its work pool.' }),
  }),
});

WorkerFilter.implement({
  description: 'Which workers. All conditions that are given must hold.',
  fields: (t) => ({
    and: t.field({ type: [WorkerFilter], description: AND }),
    or: t.field({ type: [WorkerFilter], description: OR }),
    not: t.field({ type: WorkerFilter, description: NOT }),
    name: t.field({ type: StringFilter, description: NAME }),
    status: t.field({ type: WorkerStatusFilter, description: 'Whether it is there.' }),
    lastHeartbeatTime: t.field({ type: DateTimeFilter, description: 'When it was last heard of.' }),
  }),
});

ArtifactFilter.implement({
  description: 'Which artifacts. All conditions that are given must hold.',
  fields: (t) => ({
    and: t.field({ type: [ArtifactFilter], description: AND }),
    or: t.field({ type: [ArtifactFilter], description: OR }),
    not: t.field({ type: ArtifactFilter, description: NOT }),
    id: t.field({ type: IDFilter, description: ID }),
    key: t.field({ type: StringFilter, description: 'Its key.' }),
    flowRunId: t.field({ type: IDFilter, description: 'The id of the flow run that made it.' }),
    taskRunId: t.field({ type: IDFilter, description: 'The id of the task run that made it.' }),
    type: t.field({
      type: StringFilter,
      description: 'Its kind as it was given, such as markdown.',
    }),
    flowRun: t.field({ type: FlowRunFilter, description: 'The flow run that made it.' }),
    taskRun: t.field({ type: TaskRunFilter, description: 'The task run that made it.' }),
  }),
});

LogFilter.implement({
  description: 'Which log lines. All conditions that are given must hold.',
  fields: (t) => ({
    and: t.field({ type: [LogFilter], description: AND }),
    or: t.field({ type: [LogFilter], description: OR }),
    not: t.field({ type: LogFilter, description: NOT }),
    level: t.field({ type: IntFilter, description: 'Its level: 20 is INFO, 40 is ERROR.' }),
    timestamp: t.field({ type: DateTimeFilter, description: 'When it was written.' }),
    flowRunId: t.field({ type: IDFilter, description: 'The id of the flow run that wrote it.' }),
    taskRunId: t.field({ type: IDFilter, description: 'The id of the task run that wrote it.' }),
    text: t.field({ type: TextFilter, description: 'A search in its message and logger name.' }),
  }),
});

VariableFilter.implement({
  description: 'Which variables. All conditions that are given must hold.',
  fields: (t) => ({
    and: t.field({ type: [VariableFilter], description: AND }),
    or: t.field({ type: [VariableFilter], description: OR }),
    not: t.field({ type: VariableFilter, description: NOT }),
    id: t.field({ type: IDFilter, description: ID }),
    name: t.field({ type: StringFilter, description: NAME }),
    tags: t.field({ type: TagsFilter, description: TAGS }),
  }),
});

AutomationFilter.implement({
  description: 'Which automations. All conditions that are given must hold.',
  fields: (t) => ({
    and: t.field({ type: [AutomationFilter], description: AND }),
    or: t.field({ type: [AutomationFilter], description: OR }),
    not: t.field({ type: AutomationFilter, description: NOT }),
    id: t.field({ type: IDFilter, description: ID }),
    name: t.field({ type: StringFilter, description: NAME }),
    tags: t.field({ type: TagsFilter, description: TAGS }),
    createdAt: t.field({ type: DateTimeFilter, description: 'When it was made.' }),
    relatedToResource: t.string({
      description:
        'A resource that it belongs to or, as a deployment, that it runs: `prefect.deployment.<id>`.',
    }),
  }),
});
