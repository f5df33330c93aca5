import type { prismaModelName } from '@pothos/plugin-prisma';

import { isStateType } from '#server/orchestration/states.ts';
import {
  estimatedRunTimeSeconds,
  latenessSeconds,
  type RunTimes,
} from '#server/queries/run-times.ts';
import { micros, nowMicros } from '#server/time.ts';

import { builder } from '../builder.ts';
import { type RunKind, State, stateOfRun } from '../state/object.ts';
import { StateType } from './enums.ts';
import {
  CREATED_AT,
  ID,
  Node,
  RESOURCE_ID,
  Resource,
  type Typed,
  UPDATED_AT,
} from './interfaces.ts';
import { RunPolicy } from './run-policy.ts';
import { objectIn, textsIn, toSeconds } from './values.ts';

type Types = typeof builder.$inferSchemaTypes;
type FlowRunFields = PothosSchemaTypes.PrismaObjectFieldBuilder<
  Types,
  Types['PrismaTypes']['FlowRun'],
  { id: string; [prismaModelName]?: 'FlowRun' }
>;

const DESCRIPTIONS = {
  name: 'Its name.',
  state: 'Its present state.',
  stateType: 'The kind of its present state.',
  stateName: 'The name of its present state.',
  runCount: 'How often it has started.',
  tags: 'Its tags.',
  labels: 'Its labels.',
  expectedStartTime: 'When it is, or was, expected to start.',
  nextScheduledStartTime: 'When it will be started next.',
  startTime: 'When it first started.',
  endTime: 'When it ended.',
  totalRunTimeSeconds: 'How long it has run, without a stretch that is still going on.',
  estimatedRunTimeSeconds: 'How long it has run, with the stretch that is still going on.',
  estimatedStartTimeDeltaSeconds:
    'By how much it started, or has not started, later than expected.',
  policy: 'How it is retried.',
} as const;

export const Run = builder.interfaceRef<Typed>('Run').implement({
  description: 'A run of a flow or of a task.',
  interfaces: [Resource, Node],
  resolveType: (value) => value.__typename,
  fields: (t) => ({
    name: t.string({ description: DESCRIPTIONS.name }),
    state: t.field({ type: State, nullable: true, description: DESCRIPTIONS.state }),
    stateType: t.field({ type: StateType, nullable: true, description: DESCRIPTIONS.stateType }),
    stateName: t.string({ nullable: true, description: DESCRIPTIONS.stateName }),
    runCount: t.int({ description: DESCRIPTIONS.runCount }),
    tags: t.stringList({ description: DESCRIPTIONS.tags }),
    labels: t.field({ type: 'JSONObject', description: DESCRIPTIONS.labels }),
    expectedStartTime: t.field({
      type: 'DateTime',
      nullable: true,
      description: DESCRIPTIONS.expectedStartTime,
    }),
    nextScheduledStartTime: t.field({
      type: 'DateTime',
      nullable: true,
      description: DESCRIPTIONS.nextScheduledStartTime,
    }),
    startTime: t.field({ type: 'DateTime', nullable: true, description: DESCRIPTIONS.startTime }),
    endTime: t.field({ type: 'DateTime', nullable: true, description: DESCRIPTIONS.endTime }),
    totalRunTimeSeconds: t.float({ description: DESCRIPTIONS.totalRunTimeSeconds }),
    estimatedRunTimeSeconds: t.float({ description: DESCRIPTIONS.estimatedRunTimeSeconds }),
    estimatedStartTimeDeltaSeconds: t.float({
      description: DESCRIPTIONS.estimatedStartTimeDeltaSeconds,
    }),
    policy: t.field({ type: RunPolicy, description: DESCRIPTIONS.policy }),
  }),
});

interface TimeColumns {
  readonly stateType: string | null;
  readonly stateTimestamp: bigint | null;
  readonly totalRunTime: bigint;
  readonly startTime: bigint | null;
  readonly expectedStartTime: bigint | null;
}

const TIME_COLUMNS = {
  stateType: true,
  stateTimestamp: true,
  totalRunTime: true,
  startTime: true,
  expectedStartTime: true,
} as const;

const optional = (value: bigint | null) => (value === null ? null : micros(value));

const timesOf = (run: TimeColumns): RunTimes => ({
  stateType: isStateType(run.stateType) ? run.stateType : null,
  stateTimestamp: optional(run.stateTimestamp),
  totalRunTime: Number(run.totalRunTime),
  startTime: optional(run.startTime),
  expectedStartTime: optional(run.expectedStartTime),
});

/**
 * The fields that both kinds of run have. They stand on the objects and not on the interface, because only an
 * object's fields tell the planner which columns they need.
 */
// oxlint-disable-next-line max-lines-per-function -- a list of fields, not a procedure
export const runFields = (kind: RunKind, t: FlowRunFields) => ({
  id: t.exposeID('id', { description: ID }),
  createdAt: t.expose('created', { type: 'DateTime', description: CREATED_AT }),
  updatedAt: t.expose('updated', { type: 'DateTime', description: UPDATED_AT }),
  resourceId: t.string({
    description: RESOURCE_ID,
    resolve: (run) => `prefect.${kind === 'flowRun' ? 'flow-run' : 'task-run'}.${run.id}`,
  }),
  name: t.exposeString('name', { description: DESCRIPTIONS.name }),
  state: t.field({
    type: State,
    nullable: true,
    description: DESCRIPTIONS.state,
    select: { stateId: true, stateType: true, stateName: true, stateTimestamp: true },
    resolve: (run) => stateOfRun(kind, run),
  }),
  stateType: t.field({
    type: StateType,
    nullable: true,
    description: DESCRIPTIONS.stateType,
    select: { stateType: true },
    resolve: (run) => (isStateType(run.stateType) ? run.stateType : null),
  }),
  stateName: t.exposeString('stateName', { nullable: true, description: DESCRIPTIONS.stateName }),
  runCount: t.exposeInt('runCount', { description: DESCRIPTIONS.runCount }),
  tags: t.stringList({
    description: DESCRIPTIONS.tags,
    select: { tags: true },
    resolve: (run) => textsIn(run.tags),
  }),
  labels: t.field({
    type: 'JSONObject',
    description: DESCRIPTIONS.labels,
    select: { labels: true },
    resolve: (run) => objectIn(run.labels),
  }),
  expectedStartTime: t.expose('expectedStartTime', {
    type: 'DateTime',
    nullable: true,
    description: DESCRIPTIONS.expectedStartTime,
  }),
  nextScheduledStartTime: t.expose('nextScheduledStartTime', {
    type: 'DateTime',
    nullable: true,
    description: DESCRIPTIONS.nextScheduledStartTime,
  }),
  startTime: t.expose('startTime', {
    type: 'DateTime',
    nullable: true,
    description: DESCRIPTIONS.startTime,
  }),
  endTime: t.expose('endTime', {
    type: 'DateTime',
    nullable: true,
    description: DESCRIPTIONS.endTime,
  }),
  totalRunTimeSeconds: t.float({
    description: DESCRIPTIONS.totalRunTimeSeconds,
    select: { totalRunTime: true },
    resolve: (run) => toSeconds(run.totalRunTime),
  }),
  estimatedRunTimeSeconds: t.float({
    description: DESCRIPTIONS.estimatedRunTimeSeconds,
    select: TIME_COLUMNS,
    resolve: (run) => estimatedRunTimeSeconds(timesOf(run), nowMicros()),
  }),
  estimatedStartTimeDeltaSeconds: t.float({
    description: DESCRIPTIONS.estimatedStartTimeDeltaSeconds,
    select: TIME_COLUMNS,
    resolve: (run) => latenessSeconds(timesOf(run), nowMicros()),
  }),
  policy: t.field({
    type: RunPolicy,
    description: DESCRIPTIONS.policy,
    select: { empiricalPolicy: true },
    resolve: (run) => objectIn(run.empiricalPolicy),
  }),
});
