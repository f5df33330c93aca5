import { explainWaiting } from '#server/queries/waiting/explain-waiting.ts';
import {
  WAITING_KINDS,
  type WaitingHolder as HolderShape,
  type WaitingReason as ReasonShape,
  type WaitingKind,
  type WaitingSubject as SubjectShape,
} from '#server/queries/waiting/reason.ts';

import { builder } from '../builder.ts';
import { StateType } from '../shared/enums.ts';
import { ID } from '../shared/interfaces.ts';
import { FlowRun } from './object.ts';

const WaitingReasonKind = builder.enumType('WaitingReasonKind', {
  description: 'The kinds of reason for which a flow run does not run.',
  values: Object.fromEntries(
    Object.entries(WAITING_KINDS).map(([kind, description]) => [kind, { description }]),
    // One value for each kind, which `fromEntries` cannot tell the type checker.
  ) as Record<WaitingKind, { description: string }>,
});

const WaitingSubjectType = builder.enumType('WaitingSubjectType', {
  description: 'What may stand in the way of a flow run.',
  values: {
    WORK_POOL: { description: 'A work pool.', value: 'work-pool' },
    WORK_QUEUE: { description: 'A work queue.', value: 'work-queue' },
    DEPLOYMENT: { description: 'A deployment.', value: 'deployment' },
    CONCURRENCY_LIMIT: { description: 'A concurrency limit.', value: 'concurrency-limit' },
  } as const,
});

const WaitingHolderType = builder.enumType('WaitingHolderType', {
  description: 'What may hold a slot that a flow run waits for.',
  values: {
    FLOW_RUN: { description: 'A flow run.', value: 'flow-run' },
    TASK_RUN: { description: 'A task run.', value: 'task-run' },
  } as const,
});

const WaitingSubject = builder.objectRef<SubjectShape>('WaitingSubject').implement({
  description: 'What stands in the way of a flow run.',
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    type: t.expose('type', { type: WaitingSubjectType, description: 'What it is.' }),
    name: t.exposeString('name', { description: 'Its name.' }),
  }),
});

const WaitingHolder = builder.objectRef<HolderShape>('WaitingHolder').implement({
  description: 'A run that holds a slot which a flow run waits for.',
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    type: t.expose('type', { type: WaitingHolderType, description: 'What it is.' }),
    name: t.exposeString('name', { description: 'Its name.' }),
    stateType: t.expose('stateType', {
      type: StateType,
      description: 'The kind of its present state.',
    }),
  }),
});

const WaitingReason = builder.objectRef<ReasonShape>('WaitingReason').implement({
  description:
    'A reason for which a flow run does not run. What does not belong to its kind is null or empty.',
  fields: (t) => ({
    kind: t.expose('kind', { type: WaitingReasonKind, description: 'What kind of reason.' }),
    message: t.exposeString('message', { description: 'The reason as a sentence.' }),
    subject: t.expose('subject', {
      type: WaitingSubject,
      nullable: true,
      description: 'What stands in the way.',
    }),
    since: t.expose('since', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when it holds.',
    }),
    until: t.expose('until', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ends by itself.',
    }),
    lastSeen: t.expose('lastSeen', {
      type: 'DateTime',
      nullable: true,
      description: 'When that which is missing was last heard of.',
    }),
    limit: t.exposeInt('limit', { nullable: true, description: 'How many slots there are.' }),
    activeSlots: t.exposeInt('activeSlots', {
      nullable: true,
      description: 'How many slots are taken.',
    }),
    holders: t.field({
      type: [WaitingHolder],
      description: 'Some of the runs that hold the slots.',
      resolve: ({ holders }) => [...holders],
    }),
    place: t.exposeInt('place', {
      nullable: true,
      description: 'Its place in line; 1 is the next.',
    }),
    isPlaceAtLeast: t.exposeBoolean('isPlaceAtLeast', {
      description:
        'Whether its true place may be further back, because counting stops at some length.',
    }),
    inputKeyset: t.expose('inputKeyset', {
      type: 'JSONObject',
      nullable: true,
      description: 'The keys of the input that it waits for.',
    }),
  }),
});

builder.prismaObjectField(FlowRun, 'waiting', (t) =>
  t.field({
    type: [WaitingReason],
    description: 'Why it does not run, what matters most first; empty when it has ended.',
    resolve: async ({ id }, _args, ctx) => [...(await explainWaiting(ctx.server, id))],
  }),
);
