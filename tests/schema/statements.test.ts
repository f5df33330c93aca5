import { beforeAll, test } from 'vitest';

import { describeEachDatabase } from '#tests/support/database.ts';

import { expectSameStatements } from './support/count-statements.ts';
import { buildFamilies } from './support/families.ts';

const RUNS =
  'orderBy: [{ field: NAME, direction: ASC }], filter: { name: { startsWith: ["run-"] } }';
const TASKS =
  'orderBy: [{ field: NAME, direction: ASC }], filter: { name: { startsWith: ["first-"] } }';

/** Nested lists, counts and single objects, by what they hang on. */
const NESTINGS: Readonly<Record<string, string>> = {
  'runs of flows with their task runs': `flows(first: $first) { totalCount nodes { name
    flowRuns(first: 2) { totalCount nodes { name state { message data details { flowRunId } }
      taskRuns(first: 2) { totalCount nodes { name state { message } } } } } } }`,
  'what flows amount to': `flows(first: $first) { nodes { lastRun { name } nextRun { name }
    deployments(first: 2) { totalCount nodes { name } }
    runAggregate { count byStateType { type count } byStateName { name count } } } }`,
  'what belongs to flow runs': `flowRuns(first: $first, ${RUNS}) { nodes { name
    flow { name } deployment { name } workPool { name } workQueue { name } parentFlowRun { name }
    states(first: 3) { totalCount nodes { name message data } }
    logs(first: 2) { totalCount nodes { message } }
    artifacts(first: 2) { totalCount nodes { key } }
    inputs(first: 2) { totalCount nodes { value } }
    subflowRuns(first: 2) { totalCount nodes { name } }
    relatedEvents(first: 2) { totalCount nodes { event } }
    taskRunAggregate { count byStateType { type count } } } }`,
  'one input of each flow run': `flowRuns(first: $first, ${RUNS}) { nodes { input(key: "answer") { value } } }`,
  'what belongs to task runs': `taskRuns(first: $first, ${TASKS}) { nodes { name flowRun { name }
    state { message } states(first: 3) { totalCount nodes { name message } }
    logs(first: 2) { totalCount nodes { message } } artifacts(first: 2) { totalCount nodes { key } } } }`,
  'what task runs were given and called': `taskRuns(first: $first,
    orderBy: [{ field: NAME, direction: ASC }], filter: { name: { startsWith: ["second-"] } }) { nodes {
    subflowRun { name flow { name } }
    taskInputs { __typename ... on TaskRunResultInput { taskRun { name } } } } }`,
  'schedules and runs of deployments': `deployments(first: $first) { totalCount nodes { fullName
    flow { name } workPool { name } workQueue { name }
    schedules { slug nextRuns(first: 2) deployment { name } }
    flowRuns(first: 2) { totalCount nodes { name } }
    runAggregate { count byStateType { type count } } } }`,
  'limits of deployments': `deployments(first: $first) { nodes {
    concurrencyLimit { activeSlots leases(first: 2) { totalCount nodes { slots holder { id } } } } } }`,
  'queues and workers of work pools': `workPools(first: $first) { totalCount nodes { name activeSlots
    defaultQueue { name } concurrencyStatus { activeSlots flowRuns(first: 2) { nodes { name } } }
    queues(first: 3) { totalCount nodes { name activeSlots health { healthy lateRunsCount } } }
    workers(first: 3) { totalCount nodes { name status workPool { name } } } } }`,
  'runs and deployments of work pools': `workPools(first: $first) { nodes {
    deployments(first: 2) { totalCount nodes { name } } flowRuns(first: 2) { totalCount nodes { name } }
    runAggregate { count byStateType { type count } } } }`,
  'what belongs to work queues': `workQueues(first: $first, filter: { name: { startsWith: ["queue-"] } }) { nodes {
    name workPool { name } activeSlots concurrencyStatus { activeSlots flowRuns(first: 2) { nodes { name } } }
    health { healthy } deployments(first: 2) { totalCount nodes { name } }
    flowRuns(first: 2) { totalCount nodes { name } } runAggregate { count } } }`,
  'runs of artifacts': `artifacts(first: $first) { totalCount nodes { key isLatest
    flowRun { name } taskRun { name } } }`,
  'versions of artifacts': `artifactCollections(first: $first) { totalCount nodes { key latest { id data }
    versions(first: 2) { totalCount nodes { id } } } }`,
  'runs of log lines': `logs(first: $first, filter: {}) { nodes { message flowRun { name } taskRun { name } } }`,
  'holders of concurrency limits': `concurrencyLimits(first: $first) { totalCount nodes { name activeSlots
    leases(first: 2) { totalCount nodes { holder { id } limits { name } } }
    deployments(first: 2) { totalCount nodes { name } } } }`,
  'task runs that hold limits of tags': `taskConcurrencyLimits(first: $first) { totalCount nodes { tag
    activeTaskRunIds activeTaskRuns { name flowRun { name } } } }`,
  'documents and schemas of block types': `blockTypes(first: $first) { totalCount nodes { slug
    latestSchema { checksum } blockSchemas(first: 2) { totalCount nodes { version } }
    blockDocuments(first: 2) { totalCount nodes { name data references { name blockDocument { name } } } } } }`,
  'types and schemas of block documents': `blockDocuments(first: $first) { totalCount nodes { name data
    blockType { slug } blockSchema { checksum blockType { slug } } } }`,
  'what automations act on': `automations(first: $first) { totalCount nodes { name
    trigger { __typename ... on CompoundTrigger { triggers { id } } }
    actions { __typename ... on RunDeploymentAction { deployment { name flow { name } } }
      ... on SendNotificationAction { blockDocument { name } } } } }`,
  'automations of deployments': `deployments(first: $first) { nodes { name
    automations(first: 2) { totalCount nodes { name enabled } } } }`,
  'dependencies of flow runs': `flowRuns(first: $first, filter: { name: { in: ["run-b", "run-c", "run-d"] } }) {
    nodes { dependencies { taskRun { name } upstream { name } } } }`,
  'what events are about': `events(first: $first, filter: { event: { in: ["probe.next"] } }) { totalCount nodes { event
    followsEvent { event } resource { node { id } } related { role node { id } } } }`,
};

describeEachDatabase('The same statements for one parent and for several', (db) => {
  beforeAll(() => buildFamilies(db.ctx));

  test.each(Object.entries(NESTINGS))('read %s', (_title, query) =>
    expectSameStatements(db.ctx, `query Nested($first: Int) { ${query} }`),
  );
});
