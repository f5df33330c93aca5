import { LEAST_PROACTIVE_SECONDS } from '#server/automations/definition/faults.ts';
import type {
  CompoundTrigger,
  Posture,
  ResourceSpecification,
  Trigger,
} from '#server/automations/definition/trigger.ts';
import { newId } from '#server/ids.ts';
import { type JsonObject, stringList } from '#server/json.ts';

import { builder } from '../builder.ts';
import { InvalidInput } from '../errors/classes.ts';
import { TriggerPosture } from './trigger.ts';

type Optional<T> = T | null | undefined;

interface GivenEvents {
  readonly match?: Optional<JsonObject>;
  readonly matchRelated?: Optional<readonly JsonObject[]>;
  readonly after?: Optional<readonly string[]>;
  readonly expect?: Optional<readonly string[]>;
  readonly forEach?: Optional<readonly string[]>;
  readonly posture: Posture;
  readonly threshold?: Optional<number>;
  readonly withinSeconds?: Optional<number>;
}

interface GivenGroup {
  readonly triggers: readonly GivenTrigger[];
  readonly withinSeconds?: Optional<number>;
}

interface GivenCompound extends GivenGroup {
  readonly requireAny?: Optional<boolean>;
  readonly requireCount?: Optional<number>;
}

interface GivenTrigger {
  readonly event?: Optional<GivenEvents>;
  readonly compound?: Optional<GivenCompound>;
  readonly sequence?: Optional<GivenGroup>;
}

export const TriggerInput = builder.inputRef<GivenTrigger, false>('TriggerInput');

const WITHIN = 'The time that it looks at; any without one.';

const EventTriggerInput = builder.inputType('EventTriggerInput', {
  description: 'Waits for events, or for their absence.',
  fields: (t) => ({
    match: t.field({
      type: 'JSONObject',
      description:
        'Patterns by label, a text or a list of texts, that the resource of an event must meet.',
    }),
    matchRelated: t.field({
      type: ['JSONObject'],
      description: 'The same for related resources: one of them must meet each of these.',
    }),
    after: t.stringList({
      description: 'Events of which one must have happened before it counts anything.',
    }),
    expect: t.stringList({ description: 'The events that it counts; all without one.' }),
    forEach: t.stringList({ description: 'Labels for whose values it counts apart.' }),
    posture: t.field({
      type: TriggerPosture,
      required: true,
      description: 'Whether it waits for events or for their absence.',
    }),
    threshold: t.int({ description: 'How many events it takes; one without a word.' }),
    withinSeconds: t.float({
      description:
        'The time that it looks at: none without a word, and 10 seconds or more for the absence of events.',
    }),
  }),
});

const CompoundTriggerInput = builder.inputType('CompoundTriggerInput', {
  description: 'Fires when so many of its triggers did; all of them without a word.',
  fields: (t) => ({
    triggers: t.field({ type: [TriggerInput], required: true, description: 'The triggers in it.' }),
    withinSeconds: t.float({ description: WITHIN }),
    requireAny: t.boolean({ description: 'One of them is enough.' }),
    requireCount: t.int({ description: 'So many of them are enough.' }),
  }),
});

const SequenceTriggerInput = builder.inputType('SequenceTriggerInput', {
  description: 'Fires when its triggers did, one after the other.',
  fields: (t) => ({
    triggers: t.field({ type: [TriggerInput], required: true, description: 'The triggers in it.' }),
    withinSeconds: t.float({ description: WITHIN }),
  }),
});

TriggerInput.implement({
  description: 'What an automation is to wait for.',
  isOneOf: true,
  fields: (t) => ({
    event: t.field({ type: EventTriggerInput, description: 'Events, or their absence.' }),
    compound: t.field({ type: CompoundTriggerInput, description: 'Some of several triggers.' }),
    sequence: t.field({ type: SequenceTriggerInput, description: 'Triggers one after the other.' }),
  }),
});

type Path = readonly string[];

const refuse = (message: string, path: Path): InvalidInput =>
  new InvalidInput(message, [{ message, path }]);

const toSpecification = (labels: JsonObject, path: Path): ResourceSpecification =>
  Object.fromEntries(
    Object.entries(labels).map(([label, patterns]) => {
      if (typeof patterns === 'string') return [label, patterns];
      const texts = stringList(patterns);
      if (Array.isArray(patterns) && texts.length === patterns.length) return [label, texts];
      throw refuse('The patterns of a label are a text or a list of texts.', [...path, label]);
    }),
  );

const toMatchRelated = (given: readonly JsonObject[], path: Path) => {
  const all = given.map((labels, index) => toSpecification(labels, [...path, String(index)]));
  // One is kept without its list, as Prefect's pages and clients write it.
  const [only = {}] = all;
  return all.length > 1 ? all : only;
};

const unique = (texts: Optional<readonly string[]>): readonly string[] => [...new Set(texts)];

const toRequirement = (
  { requireAny, requireCount }: GivenCompound,
  path: Path,
): CompoundTrigger['require'] => {
  if (requireCount === null || requireCount === undefined)
    return requireAny === true ? 'any' : 'all';
  if (requireAny === true)
    throw refuse('A trigger requires any of its triggers or a number.', path);
  return requireCount;
};

const leastWithin = (posture: Posture): number =>
  posture === 'Proactive' ? LEAST_PROACTIVE_SECONDS : 0;

const toEventTrigger = (events: GivenEvents, path: Path): Trigger => ({
  type: 'event',
  id: newId(),
  match: toSpecification(events.match ?? {}, [...path, 'match']),
  match_related: toMatchRelated(events.matchRelated ?? [], [...path, 'matchRelated']),
  after: unique(events.after),
  expect: unique(events.expect),
  for_each: unique(events.forEach),
  posture: events.posture,
  threshold: events.threshold ?? 1,
  within: events.withinSeconds ?? leastWithin(events.posture),
});

/** The trigger of an input. Throws InvalidInput for what its type does not rule out. */
export const toTrigger = (
  { event, compound, sequence }: GivenTrigger,
  path: Path = ['trigger'],
): Trigger => {
  if (event) return toEventTrigger(event, [...path, 'event']);
  const group = compound ?? sequence;
  const kind = compound ? 'compound' : 'sequence';
  const shared = {
    id: newId(),
    triggers: (group?.triggers ?? []).map((child, index) =>
      toTrigger(child, [...path, kind, 'triggers', String(index)]),
    ),
    within: group?.withinSeconds ?? null,
  };
  if (!compound) return { type: 'sequence', ...shared };
  return { type: 'compound', ...shared, require: toRequirement(compound, [...path, kind]) };
};
