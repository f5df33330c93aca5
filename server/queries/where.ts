import { type Expression, expressionBuilder, sql } from 'kysely';

import type { Tables } from '#prisma/tables.ts';
import type { DialectExpressions } from '#server/db/expressions.ts';

import { conjunctsOf } from './conjuncts.ts';
import {
  type Condition,
  combined,
  isNotTrue,
  onActor,
  onId,
  onInstant,
  onNumber,
  onSearch,
  onState,
  onTags,
  onText,
  some as oneOf,
} from './criteria.ts';
import type {
  ArtifactFilter,
  DeploymentFilter,
  FlowFilter,
  FlowRunFilter,
  IdFilter,
  LogFilter,
  TaskRunFilter,
  VariableFilter,
  WorkPoolFilter,
  WorkQueueFilter,
} from './filter-types.ts';

// Filters refer to each other along the foreign keys in a circle, which is why all of them stand in this file.
// To the one row a key points at goes an IN, whose list is made once; to the many rows behind an id goes an EXISTS,
// which looks into the index of the key. No two nested tables are the same, so their own names serve as aliases.

type Words = DialectExpressions;

const flows = expressionBuilder<Tables, 'flow'>();
const flowRuns = expressionBuilder<Tables, 'flowRun'>();
const taskRuns = expressionBuilder<Tables, 'taskRun'>();
const deployments = expressionBuilder<Tables, 'deployment'>();
const workPools = expressionBuilder<Tables, 'workPool'>();
const workQueues = expressionBuilder<Tables, 'workQueue'>();
const artifacts = expressionBuilder<Tables, 'artifact'>();
const collections = expressionBuilder<Tables, 'artifactCollection'>();
const logs = expressionBuilder<Tables, 'log'>();
const variables = expressionBuilder<Tables, 'variable'>();

const when = <Filter>(
  filter: Filter | undefined,
  make: (filter: Filter) => Condition,
): Condition[] => (filter === undefined ? [] : [make(filter)]);

/** The flows that a filter admits. */
export const whereFlow = (words: Words, filter: FlowFilter): Condition =>
  combined(
    filter,
    [
      ...onId(flows.ref('flow.id'), filter.id),
      ...onText(words, flows.ref('flow.name'), filter.name),
      ...onTags(words, flows.ref('flow.tags'), filter.tags),
      ...when(filter.hasDeployments, (has) => {
        const any = flowHasDeployment(words, {});
        return has ? any : isNotTrue(any);
      }),
      ...when(filter.deployments, (some) => flowHasDeployment(words, some)),
      ...when(filter.flowRuns, (some) =>
        flows.exists(
          flows
            .selectFrom('flowRun')
            .select('flowRun.id')
            .whereRef('flowRun.flowId', '=', 'flow.id')
            .where(whereFlowRun(words, some)),
        ),
      ),
    ],
    (part) => whereFlow(words, part),
  );

const flowHasDeployment = (words: Words, filter: DeploymentFilter): Condition =>
  flows.exists(
    flows
      .selectFrom('deployment')
      .select('deployment.id')
      .whereRef('deployment.flowId', '=', 'flow.id')
      .where(whereDeployment(words, filter)),
  );

const FLOW_RUN_STATE = {
  type: flowRuns.ref('flowRun.stateType'),
  name: flowRuns.ref('flowRun.stateName'),
};

// Behind a plus SQLite takes no index for a column.
const flowRunState = (isCommon: boolean): typeof FLOW_RUN_STATE =>
  isCommon
    ? {
        type: sql`+${FLOW_RUN_STATE.type}` as unknown as typeof FLOW_RUN_STATE.type,
        name: sql`+${FLOW_RUN_STATE.name}` as unknown as typeof FLOW_RUN_STATE.name,
      }
    : FLOW_RUN_STATE;

/** The flow runs that a filter admits. */
export const whereFlowRun = (words: Words, filter: FlowRunFilter): Condition =>
  combined(
    filter,
    [
      ...onId(flowRuns.ref('flowRun.id'), filter.id),
      ...onText(words, flowRuns.ref('flowRun.name'), filter.name),
      ...onTags(words, flowRuns.ref('flowRun.tags'), filter.tags),
      ...onId(flowRuns.ref('flowRun.flowId'), filter.flowId),
      ...onId(flowRuns.ref('flowRun.deploymentId'), filter.deploymentId),
      ...onText(words, flowRuns.ref('flowRun.workQueueName'), filter.workQueueName),
      ...onState(words, flowRunState(filter.areStatesCommon ?? false), filter.state),
      ...when(filter.among, (ids) => words.isAmong(flowRuns.ref('flowRun.id'), ids)),
      ...onText(words, flowRuns.ref('flowRun.flowVersion'), filter.flowVersion),
      ...onInstant(
        flowRuns.fn.coalesce('flowRun.startTime', 'flowRun.expectedStartTime'),
        filter.startTime,
        flowRuns.ref('flowRun.startTime'),
      ),
      ...onInstant(flowRuns.ref('flowRun.endTime'), filter.endTime),
      ...onInstant(flowRuns.ref('flowRun.expectedStartTime'), filter.expectedStartTime),
      ...onInstant(flowRuns.ref('flowRun.nextScheduledStartTime'), filter.nextScheduledStartTime),
      ...when(filter.parentFlowRunId, whereParentFlowRun),
      ...onId(flowRuns.ref('flowRun.parentTaskRunId'), filter.parentTaskRunId),
      ...onText(words, flowRuns.ref('flowRun.idempotencyKey'), filter.idempotencyKey),
      ...onActor(words, flowRuns.ref('flowRun.createdBy'), filter.createdBy),
      ...flowRunRelations(words, filter),
    ],
    (part) => whereFlowRun(words, part),
  );

const whereParentFlowRun = (filter: IdFilter): Condition => {
  const hasParent = flowRuns(
    'flowRun.parentTaskRunId',
    'in',
    flowRuns
      .selectFrom('taskRun')
      .select('taskRun.id')
      .where('taskRun.flowRunId', 'is not', null)
      .where((eb) => eb.and(onId(eb.ref('taskRun.flowRunId'), { ...filter, isNull: false }))),
  );
  return filter.isNull === true ? isNotTrue(hasParent) : hasParent;
};

/** What a relation's filter says of its id, said of the key as well: an index of the key then gives its rows in order. */
const onKey = (key: Expression<string | null>, filter: { readonly id?: IdFilter } | undefined) =>
  filter?.id?.in === undefined ? [] : onId(key, { in: filter.id.in });

const flowRunRelations = (words: Words, filter: FlowRunFilter): Condition[] => [
  ...onKey(flowRuns.ref('flowRun.flowId'), filter.flow),
  ...onKey(flowRuns.ref('flowRun.deploymentId'), filter.deployment),
  ...onKey(flowRuns.ref('flowRun.workQueueId'), filter.workQueue),
  ...when(filter.flow, (one) =>
    flowRuns(
      'flowRun.flowId',
      'in',
      flowRuns.selectFrom('flow').select('flow.id').where(whereFlow(words, one)),
    ),
  ),
  ...when(filter.deployment, (one) =>
    flowRuns(
      'flowRun.deploymentId',
      'in',
      flowRuns.selectFrom('deployment').select('deployment.id').where(whereDeployment(words, one)),
    ),
  ),
  ...when(filter.workQueue, (one) =>
    flowRuns('flowRun.workQueueId', 'in', queueIds(whereWorkQueue(words, one))),
  ),
  ...when(filter.workPool, (one) =>
    flowRuns('flowRun.workQueueId', 'in', queueIds(queueOfPool(words, one))),
  ),
  ...when(filter.taskRuns, (some) =>
    flowRuns.exists(
      flowRuns
        .selectFrom('taskRun')
        .select('taskRun.id')
        .whereRef('taskRun.flowRunId', '=', 'flowRun.id')
        .where(whereTaskRun(words, some)),
    ),
  ),
];

const queueIds = (condition: Condition) =>
  workPools.selectFrom('workQueue').select('workQueue.id').where(condition);

const queueOfPool = (words: Words, filter: WorkPoolFilter): Condition =>
  workQueues(
    'workQueue.workPoolId',
    'in',
    workQueues.selectFrom('workPool').select('workPool.id').where(whereWorkPool(words, filter)),
  );

/** The task runs that a filter admits. */
export const whereTaskRun = (words: Words, filter: TaskRunFilter): Condition =>
  combined(
    filter,
    [
      ...onId(taskRuns.ref('taskRun.id'), filter.id),
      ...onText(words, taskRuns.ref('taskRun.name'), filter.name),
      ...onTags(words, taskRuns.ref('taskRun.tags'), filter.tags),
      ...onState(
        words,
        { type: taskRuns.ref('taskRun.stateType'), name: taskRuns.ref('taskRun.stateName') },
        filter.state,
      ),
      ...onId(taskRuns.ref('taskRun.flowRunId'), filter.flowRunId),
      ...onInstant(taskRuns.ref('taskRun.startTime'), filter.startTime),
      ...onInstant(taskRuns.ref('taskRun.endTime'), filter.endTime),
      ...onInstant(taskRuns.ref('taskRun.expectedStartTime'), filter.expectedStartTime),
      ...when(filter.hasSubflowRuns, (has) => {
        // Few runs are subflows, so their list is made once.
        const any = taskRuns(
          'taskRun.id',
          'in',
          taskRuns
            .selectFrom('flowRun')
            .select('flowRun.parentTaskRunId')
            .where('flowRun.parentTaskRunId', 'is not', null),
        );
        return has ? any : taskRuns.not(any);
      }),
      ...onKey(taskRuns.ref('taskRun.flowRunId'), filter.flowRun),
      ...when(filter.flowRun, (one) =>
        // Any flow run will do: there is one, as a key sees to that.
        conjunctsOf(one).length === 0
          ? taskRuns('taskRun.flowRunId', 'is not', null)
          : taskRuns(
              'taskRun.flowRunId',
              'in',
              taskRuns.selectFrom('flowRun').select('flowRun.id').where(whereFlowRun(words, one)),
            ),
      ),
    ],
    (part) => whereTaskRun(words, part),
  );

const LIMIT_OF_DEPLOYMENT = sql<number | null>`(${deployments
  .selectFrom('concurrencyLimitV2')
  .select('concurrencyLimitV2.limit')
  .whereRef('concurrencyLimitV2.id', '=', 'deployment.concurrencyLimitId')})`;

/** The deployments that a filter admits. */
export const whereDeployment = (words: Words, filter: DeploymentFilter): Condition =>
  combined(
    filter,
    [
      ...onId(deployments.ref('deployment.id'), filter.id),
      ...onText(words, deployments.ref('deployment.name'), filter.name),
      ...when(filter.flowOrDeploymentName, (name) =>
        oneOf([
          deployments.and(onText(words, deployments.ref('deployment.name'), name)),
          deploymentOfFlow(words, { name }),
        ]),
      ),
      ...when(filter.isPaused, (isPaused) => deployments('deployment.paused', '=', isPaused)),
      ...onTags(words, deployments.ref('deployment.tags'), filter.tags),
      ...onText(words, deployments.ref('deployment.workQueueName'), filter.workQueueName),
      ...onId(deployments.ref('deployment.concurrencyLimitId'), filter.concurrencyLimitId),
      ...onNumber(LIMIT_OF_DEPLOYMENT, filter.concurrencyLimit),
      ...when(filter.flow, (one) => deploymentOfFlow(words, one)),
      ...when(filter.workQueue, (one) =>
        deployments('deployment.workQueueId', 'in', queueIds(whereWorkQueue(words, one))),
      ),
      ...when(filter.workPool, (one) =>
        deployments('deployment.workQueueId', 'in', queueIds(queueOfPool(words, one))),
      ),
      ...when(filter.flowRuns, (some) =>
        deployments.exists(
          deployments
            .selectFrom('flowRun')
            .select('flowRun.id')
            .whereRef('flowRun.deploymentId', '=', 'deployment.id')
            .where(whereFlowRun(words, some)),
        ),
      ),
    ],
    (part) => whereDeployment(words, part),
  );

const deploymentOfFlow = (words: Words, filter: FlowFilter): Condition =>
  deployments(
    'deployment.flowId',
    'in',
    deployments.selectFrom('flow').select('flow.id').where(whereFlow(words, filter)),
  );

/** What a pool is said to be: one that is paused is nothing else. */
const POOL_STATUS = sql<string>`CASE WHEN ${sql.ref('workPool.isPaused')} THEN 'PAUSED'
  WHEN ${sql.ref('workPool.status')} = 'READY' THEN 'READY' ELSE 'NOT_READY' END`;

/** The work pools that a filter admits. */
export const whereWorkPool = (words: Words, filter: WorkPoolFilter): Condition =>
  combined(
    filter,
    [
      ...onId(workPools.ref('workPool.id'), filter.id),
      ...onText(words, workPools.ref('workPool.name'), filter.name),
      ...onText(words, workPools.ref('workPool.type'), filter.type),
      ...onText(words, POOL_STATUS, filter.status),
    ],
    (part) => whereWorkPool(words, part),
  );

/** The work queues that a filter admits. */
export const whereWorkQueue = (words: Words, filter: WorkQueueFilter): Condition =>
  combined(
    filter,
    [
      ...onId(workQueues.ref('workQueue.id'), filter.id),
      ...onText(words, workQueues.ref('workQueue.name'), filter.name),
      ...when(filter.workPool, (one) => queueOfPool(words, one)),
    ],
    (part) => whereWorkQueue(words, part),
  );

const ARTIFACT_COLUMNS = {
  id: artifacts.ref('artifact.id'),
  key: artifacts.ref('artifact.key'),
  type: artifacts.ref('artifact.type'),
  flowRunId: artifacts.ref('artifact.flowRunId'),
  taskRunId: artifacts.ref('artifact.taskRunId'),
};

const COLLECTION_COLUMNS: ArtifactColumns = {
  id: collections.ref('artifactCollection.latestId'),
  key: collections.ref('artifactCollection.key'),
  type: collections.ref('artifactCollection.type'),
  flowRunId: collections.ref('artifactCollection.flowRunId'),
  taskRunId: collections.ref('artifactCollection.taskRunId'),
};

type ArtifactColumns = Readonly<Record<keyof typeof ARTIFACT_COLUMNS, Parameters<typeof onId>[0]>>;

const onArtifact =
  (columns: ArtifactColumns) =>
  (words: Words, filter: ArtifactFilter): Condition =>
    combined(
      filter,
      [
        ...onId(columns.id, filter.id),
        ...onText(words, columns.key, filter.key),
        ...onId(columns.flowRunId, filter.flowRunId),
        ...onId(columns.taskRunId, filter.taskRunId),
        ...onText(words, columns.type, filter.type),
        ...when(filter.flowRun, (one) =>
          artifacts(
            columns.flowRunId,
            'in',
            artifacts.selectFrom('flowRun').select('flowRun.id').where(whereFlowRun(words, one)),
          ),
        ),
        ...when(filter.taskRun, (one) =>
          artifacts(
            columns.taskRunId,
            'in',
            artifacts.selectFrom('taskRun').select('taskRun.id').where(whereTaskRun(words, one)),
          ),
        ),
      ],
      (part) => onArtifact(columns)(words, part),
    );

/** The artifacts that a filter admits. */
export const whereArtifact = onArtifact(ARTIFACT_COLUMNS);

/** The artifact collections that a filter admits. */
export const whereArtifactCollection = onArtifact(COLLECTION_COLUMNS);

/** The log lines that a filter admits. */
export const whereLog = (words: Words, filter: LogFilter): Condition =>
  combined(
    filter,
    [
      ...onNumber(logs.ref('log.level'), filter.level),
      ...onInstant(logs.ref('log.timestamp'), filter.timestamp),
      ...onId(logs.ref('log.flowRunId'), filter.flowRunId),
      ...onId(logs.ref('log.taskRunId'), filter.taskRunId),
      ...onSearch(
        words,
        sql`(${logs.ref('log.message')} || ' ' || ${logs.ref('log.name')})`,
        filter.text,
      ),
    ],
    (part) => whereLog(words, part),
  );

/** The variables that a filter admits. */
export const whereVariable = (words: Words, filter: VariableFilter): Condition =>
  combined(
    filter,
    [
      ...onId(variables.ref('variable.id'), filter.id),
      ...onText(words, variables.ref('variable.name'), filter.name),
      ...onTags(words, variables.ref('variable.tags'), filter.tags),
    ],
    (part) => whereVariable(words, part),
  );
