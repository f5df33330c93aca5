import { builder } from '../builder.ts';

const ID = 'By its id.';
const NAME = 'By its name.';

export const FlowBy = builder.inputType('FlowBy', {
  description: 'Names one flow.',
  isOneOf: true,
  fields: (t) => ({ id: t.id({ description: ID }), name: t.string({ description: NAME }) }),
});

const DeploymentName = builder.inputType('DeploymentName', {
  description: 'Names a deployment by its flow and itself.',
  fields: (t) => ({
    flow: t.string({ required: true, description: 'The name of the flow.' }),
    deployment: t.string({ required: true, description: 'The name of the deployment.' }),
  }),
});

export const DeploymentBy = builder.inputType('DeploymentBy', {
  description: 'Names one deployment.',
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ description: ID }),
    name: t.field({ type: DeploymentName, description: 'By the names of its flow and itself.' }),
  }),
});

export const WorkPoolBy = builder.inputType('WorkPoolBy', {
  description: 'Names one work pool.',
  isOneOf: true,
  fields: (t) => ({ id: t.id({ description: ID }), name: t.string({ description: NAME }) }),
});

const WorkQueueName = builder.inputType('WorkQueueName', {
  description: 'Names a work queue by its pool and itself.',
  fields: (t) => ({
    workPool: t.string({ required: true, description: 'The name of the work pool.' }),
    name: t.string({ required: true, description: 'The name of the work queue.' }),
  }),
});

export const WorkQueueBy = builder.inputType('WorkQueueBy', {
  description: 'Names one work queue.',
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ description: ID }),
    name: t.field({ type: WorkQueueName, description: 'By the names of its pool and itself.' }),
  }),
});

export const ArtifactBy = builder.inputType('ArtifactBy', {
  description: 'Names one artifact.',
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ description: ID }),
    latestKey: t.string({ description: 'The newest of this key.' }),
  }),
});

export const VariableBy = builder.inputType('VariableBy', {
  description: 'Names one variable.',
  isOneOf: true,
  fields: (t) => ({ id: t.id({ description: ID }), name: t.string({ description: NAME }) }),
});

export const ConcurrencyLimitBy = builder.inputType('ConcurrencyLimitBy', {
  description: 'Names one concurrency limit.',
  isOneOf: true,
  fields: (t) => ({ id: t.id({ description: ID }), name: t.string({ description: NAME }) }),
});

export const TaskConcurrencyLimitBy = builder.inputType('TaskConcurrencyLimitBy', {
  description: 'Names one limit on the task runs with a tag.',
  isOneOf: true,
  fields: (t) => ({ id: t.id({ description: ID }), tag: t.string({ description: 'By its tag.' }) }),
});
