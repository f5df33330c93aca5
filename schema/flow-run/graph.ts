import type { State as StateValue } from '#server/orchestration/states.ts';
import {
  type FlowRunGraph as FlowRunGraphShape,
  type GraphNode as GraphNodeShape,
  readFlowRunGraph,
} from '#server/queries/flow-run/read-flow-run-graph.ts';
import { micros } from '#server/time.ts';

import { builder } from '../builder.ts';
import { StateType } from '../shared/enums.ts';
import { FlowRun } from './object.ts';

const GraphNodeKind = builder.enumType('GraphNodeKind', {
  description: 'What a node of a graph is.',
  values: {
    FLOW_RUN: { description: 'A flow run that was called from the flow run of the graph.' },
    TASK_RUN: { description: 'A task run.' },
  },
});

type ArtifactShape = FlowRunGraphShape['artifacts'][number];

const GraphArtifact = builder.objectRef<ArtifactShape>('GraphArtifact').implement({
  description: 'An artifact on a graph.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id of the artifact.' }),
    createdAt: t.expose('created', { type: 'DateTime', description: 'When it was made.' }),
    key: t.exposeString('key', { nullable: true, description: 'Its key.' }),
    type: t.exposeString('type', { nullable: true, description: 'Its kind as it was given.' }),
    isLatest: t.boolean({
      description: 'Whether it is the newest of its key.',
      resolve: ({ key, latestOf }) => key === null || latestOf !== null,
    }),
    data: t.expose('data', { type: 'JSON', nullable: true, description: 'Its content.' }),
  }),
});

const GraphNode = builder.objectRef<GraphNodeShape>('GraphNode').implement({
  description: 'A run on a graph.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id of the run.' }),
    kind: t.field({
      type: GraphNodeKind,
      description: 'What it is.',
      resolve: ({ kind }) => (kind === 'flow-run' ? 'FLOW_RUN' : 'TASK_RUN'),
    }),
    label: t.exposeString('label', { description: 'Its name.' }),
    stateType: t.field({
      type: StateType,
      description: 'The kind of its state.',
      resolve: ({ stateType }) => stateType ?? 'PENDING',
    }),
    startTime: t.expose('startTime', {
      type: 'DateTime',
      description: 'When it started or, before that, when it is expected to.',
    }),
    endTime: t.expose('endTime', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ended.',
    }),
    parentIds: t.idList({
      description: 'The ids of the runs whose results it was given.',
      resolve: ({ parentIds }) => [...parentIds],
    }),
    childIds: t.idList({
      description: 'The ids of the runs that were given its result.',
      resolve: ({ childIds }) => [...childIds],
    }),
    encapsulatingIds: t.idList({
      description: 'The ids of the runs that it went on within.',
      resolve: ({ encapsulatingIds }) => [...encapsulatingIds],
    }),
    artifacts: t.field({
      type: [GraphArtifact],
      description: 'The artifacts it made.',
      resolve: ({ artifacts }) => [...artifacts],
    }),
  }),
});

const GraphState = builder.objectRef<StateValue>('GraphState').implement({
  description: 'A state on a graph.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id of the state.' }),
    timestamp: t.expose('timestamp', { type: 'DateTime', description: 'When it was entered.' }),
    type: t.expose('type', { type: StateType, description: 'Its kind.' }),
    name: t.exposeString('name', { description: 'Its name.' }),
  }),
});

export const FlowRunGraph = builder.objectRef<FlowRunGraphShape>('FlowRunGraph').implement({
  description: 'What happened within a flow run, on a line of time.',
  fields: (t) => ({
    startTime: t.expose('startTime', {
      type: 'DateTime',
      nullable: true,
      description: 'When the flow run started.',
    }),
    endTime: t.expose('endTime', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ended.',
    }),
    rootNodeIds: t.idList({
      description: 'The ids of the runs that were given no result of another.',
      resolve: ({ nodes }) =>
        nodes.filter(({ parentIds }) => parentIds.length === 0).map(({ id }) => id),
    }),
    nodes: t.field({
      type: [GraphNode],
      description: 'Its runs.',
      resolve: ({ nodes }) => [...nodes],
    }),
    artifacts: t.field({
      type: [GraphArtifact],
      description: 'The artifacts that the flow run itself made.',
      resolve: ({ artifacts }) => [...artifacts],
    }),
    states: t.field({
      type: [GraphState],
      description: 'The states that the flow run was in.',
      resolve: ({ states }) => [...states],
    }),
  }),
});

builder.prismaObjectField(FlowRun, 'graph', (t) =>
  t.field({
    type: FlowRunGraph,
    description: 'What happened within it, on a line of time.',
    args: {
      since: t.arg({ type: 'DateTime', description: 'Only runs that started at or after this.' }),
    },
    resolve: ({ id }, { since }, { server }) =>
      readFlowRunGraph(server, { flowRunId: id, since: since ?? micros(0) }),
  }),
);
