import type { Deployment as DeploymentRow } from '#prisma/client/sqlite/client.ts';
import { isJsonObject } from '#server/json.ts';

import { builder } from '../builder.ts';
import { defineConnection } from '../shared/define-connection.ts';
import { CREATED_AT, ID, Node, RESOURCE_ID, Resource, UPDATED_AT } from '../shared/interfaces.ts';
import { Actor, actorIn, objectIn, textsIn } from '../shared/values.ts';
import { ConcurrencyOptions, concurrencyOptionsIn } from './concurrency-options.ts';
import { DeploymentSchedule } from './schedule.ts';

export const DeploymentStatus = builder.enumType('DeploymentStatus', {
  description: 'Whether somebody takes the runs of a deployment.',
  values: {
    READY: { description: 'Somebody asked for its runs a short while ago.' },
    NOT_READY: { description: 'Nobody has asked for its runs for a while.' },
  },
});

const VersionInfo = builder
  .objectRef<{ readonly type: string; readonly version: string }>('VersionInfo')
  .implement({
    description: 'The version of a deployment.',
    fields: (t) => ({
      type: t.exposeString('type', { description: 'Where versions of its kind come from.' }),
      version: t.exposeString('version', { description: 'The version.' }),
    }),
  });

export const Deployment = builder.prismaObject('Deployment', {
  description: 'A flow with the place it runs at, its parameters and its schedules.',
  interfaces: [Resource, Node],
  select: { id: true },
  // oxlint-disable-next-line max-lines-per-function -- a list of fields, not a procedure
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    createdAt: t.expose('created', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updated', { type: 'DateTime', description: UPDATED_AT }),
    resourceId: t.string({
      description: RESOURCE_ID,
      resolve: (deployment) => `prefect.deployment.${deployment.id}`,
    }),
    name: t.exposeString('name', { description: 'Its name, which no other of its flow has.' }),
    fullName: t.string({
      description: 'The names of its flow and its own, `flow/deployment`.',
      select: { name: true, flow: { select: { name: true } } },
      resolve: (deployment) => `${deployment.flow.name}/${deployment.name}`,
    }),
    flow: t.relation('flow', { description: 'Its flow.' }),
    version: t.exposeString('version', { nullable: true, description: 'Its version.' }),
    versionInfo: t.field({
      type: VersionInfo,
      nullable: true,
      description: 'Where its version comes from.',
      select: { version: true },
      resolve: ({ version }) => (version === null ? null : { type: 'prefect:simple', version }),
    }),
    description: t.exposeString('description', { nullable: true, description: 'What it is for.' }),
    paused: t.exposeBoolean('paused', { description: 'Whether its schedules make no runs.' }),
    status: t.field({
      type: DeploymentStatus,
      description: 'Whether somebody takes its runs.',
      select: { status: true },
      resolve: ({ status }) => (status === 'READY' ? 'READY' : 'NOT_READY'),
    }),
    schedules: t.field({
      type: [DeploymentSchedule],
      description: 'Its schedules, the one changed last first.',
      select: (_args, _ctx, nested) => ({
        schedules: nested({ orderBy: [{ updated: 'desc' }, { id: 'desc' }] }),
      }),
      resolve: (deployment) => deployment.schedules,
    }),
    concurrencyLimit: t.relation('globalConcurrencyLimit', {
      nullable: true,
      description: 'What bounds how many of its runs go on at once.',
    }),
    concurrencyOptions: t.field({
      type: ConcurrencyOptions,
      nullable: true,
      description: 'What happens to a run beyond that bound.',
      select: { concurrencyOptions: true },
      resolve: (deployment) => concurrencyOptionsIn(deployment.concurrencyOptions),
    }),
    parameters: t.field({
      type: 'JSONObject',
      description: 'What its runs are called with unless they say otherwise.',
      select: { parameters: true },
      resolve: (deployment) => objectIn(deployment.parameters),
    }),
    parameterOpenapiSchema: t.field({
      type: 'JSONObject',
      nullable: true,
      description: 'The JSON schema of its parameters.',
      select: { parameterOpenapiSchema: true },
      resolve: ({ parameterOpenapiSchema: schema }) => (isJsonObject(schema) ? schema : null),
    }),
    enforceParameterSchema: t.exposeBoolean('enforceParameterSchema', {
      description: 'Whether parameters that do not fit that schema are refused.',
    }),
    jobVariables: t.field({
      type: 'JSONObject',
      description: 'What its runs change of the infrastructure of their work pool.',
      select: { jobVariables: true },
      resolve: (deployment) => objectIn(deployment.jobVariables),
    }),
    tags: t.stringList({
      description: 'Its tags, which its runs inherit.',
      select: { tags: true },
      resolve: (deployment) => textsIn(deployment.tags),
    }),
    labels: t.field({
      type: 'JSONObject',
      description: 'Its labels.',
      select: { labels: true },
      resolve: (deployment) => objectIn(deployment.labels),
    }),
    workQueue: t.relation('workQueue', {
      nullable: true,
      description: 'The work queue its runs wait in.',
    }),
    lastPolled: t.expose('lastPolled', {
      type: 'DateTime',
      nullable: true,
      description: 'When somebody last asked for its runs.',
    }),
    entrypoint: t.exposeString('entrypoint', {
      nullable: true,
      description: 'Where in its code the flow is.',
    }),
    path: t.exposeString('path', { nullable: true, description: 'Where its code is.' }),
    pullSteps: t.field({
      type: ['JSONObject'],
      nullable: true,
      description: 'What is done to fetch its code.',
      select: { pullSteps: true },
      resolve: ({ pullSteps }) =>
        Array.isArray(pullSteps) ? pullSteps.map((step) => objectIn(step)) : null,
    }),
    storageDocument: t.relation('storageDocument', {
      nullable: true,
      description: 'The block that its code is kept in.',
    }),
    infrastructureDocument: t.relation('infrastructureDocument', {
      nullable: true,
      description: 'The block that it runs on.',
    }),
    createdBy: t.field({
      type: Actor,
      nullable: true,
      description: 'Who made it.',
      select: { createdBy: true },
      resolve: (deployment) => actorIn(deployment.createdBy),
    }),
    updatedBy: t.field({
      type: Actor,
      nullable: true,
      description: 'Who last changed it.',
      select: { updatedBy: true },
      resolve: (deployment) => actorIn(deployment.updatedBy),
    }),
  }),
});

export const DeploymentConnection = defineConnection<DeploymentRow>(
  { name: 'Deployment', plural: 'deployments' },
  Deployment,
);
