import type {
  CompoundTrigger as Compound,
  EventTrigger as OnEvents,
  Trigger as AnyTrigger,
  SequenceTrigger as Sequence,
} from '#server/automations/definition/trigger.ts';

import { builder } from '../builder.ts';

const ID = 'Its id, which is another one whenever its automation is replaced.';
const WITHIN = 'The time that it looks at; null for any.';

export const TriggerPosture = builder.enumType('TriggerPosture', {
  description: 'Whether a trigger waits for events or for their absence.',
  values: {
    REACTIVE: { value: 'Reactive', description: 'It fires when the events happened.' },
    PROACTIVE: { value: 'Proactive', description: 'It fires when they did not.' },
  } as const,
});

export const Trigger = builder.interfaceRef<AnyTrigger>('Trigger').implement({
  description: 'What an automation waits for.',
  resolveType: ({ type }) => NAMES[type],
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    withinSeconds: t.exposeFloat('within', { nullable: true, description: WITHIN }),
  }),
});

const NAMES = {
  event: 'EventTrigger',
  compound: 'CompoundTrigger',
  sequence: 'SequenceTrigger',
} as const;

builder.objectRef<OnEvents>('EventTrigger').implement({
  description: 'Waits for events, or for their absence.',
  interfaces: [Trigger],
  fields: (t) => ({
    match: t.expose('match', {
      type: 'JSONObject',
      description: 'Patterns by label that the resource of an event must meet.',
    }),
    matchRelated: t.field({
      type: ['JSONObject'],
      description: 'The same for related resources: one of them must meet each of these.',
      resolve: ({ match_related: related }) => [related].flat(),
    }),
    after: t.stringList({
      description: 'Events of which one must have happened before it counts anything.',
      resolve: ({ after }) => [...after],
    }),
    expect: t.stringList({
      description: 'The events that it counts; all without one.',
      resolve: ({ expect }) => [...expect],
    }),
    forEach: t.stringList({
      description: 'Labels for whose values it counts apart.',
      resolve: ({ for_each: labels }) => [...labels],
    }),
    posture: t.field({
      type: TriggerPosture,
      description: 'Whether it waits for events or for their absence.',
      resolve: ({ posture }) => posture,
    }),
    threshold: t.exposeInt('threshold', { description: 'How many events it takes.' }),
  }),
});

const TRIGGERS = 'The triggers in it.';

builder.objectRef<Compound>('CompoundTrigger').implement({
  description: 'Fires when so many of its triggers did.',
  interfaces: [Trigger],
  fields: (t) => ({
    triggers: t.field({
      type: [Trigger],
      description: TRIGGERS,
      resolve: ({ triggers }) => [...triggers],
    }),
    require: t.string({
      description: 'How many of them it takes: `any`, `all` or a number.',
      resolve: (trigger) => String(trigger.require),
    }),
  }),
});

builder.objectRef<Sequence>('SequenceTrigger').implement({
  description: 'Fires when its triggers did, one after the other.',
  interfaces: [Trigger],
  fields: (t) => ({
    triggers: t.field({
      type: [Trigger],
      description: TRIGGERS,
      resolve: ({ triggers }) => [...triggers],
    }),
  }),
});
