import { randomUUID } from 'node:crypto';

// Automations are kept, told and answered in Prefect's own form, which is why these keys are spelled as they are.

/** What a resource's labels must be like: patterns by label, of which one must fit. */
export type ResourceSpecification = Readonly<Record<string, string | readonly string[]>>;

export type Posture = 'Reactive' | 'Proactive';

/** Fires when events happened, or when they did not. */
export interface EventTrigger {
  readonly type: 'event';
  readonly id: string;
  readonly match: ResourceSpecification;
  readonly match_related: ResourceSpecification | readonly ResourceSpecification[];
  readonly after: readonly string[];
  readonly expect: readonly string[];
  readonly for_each: readonly string[];
  readonly posture: Posture;
  readonly threshold: number;
  /** In seconds. */
  readonly within: number;
}

/** Fires when so many of its triggers did within a time. */
export interface CompoundTrigger {
  readonly type: 'compound';
  readonly id: string;
  readonly triggers: readonly Trigger[];
  /** In seconds; null for any time. */
  readonly within: number | null;
  readonly require: number | 'any' | 'all';
}

/** Fires when its triggers did within a time, one after the other. */
export interface SequenceTrigger {
  readonly type: 'sequence';
  readonly id: string;
  readonly triggers: readonly Trigger[];
  /** In seconds; null for any time. */
  readonly within: number | null;
}

export type Trigger = EventTrigger | CompoundTrigger | SequenceTrigger;

/** The trigger and those in it with ids that no trigger had before: what was counted for another is not theirs. */
export const withNewIds = (trigger: Trigger): Trigger => {
  const id = randomUUID();
  if (trigger.type === 'event') return { ...trigger, id };
  return { ...trigger, id, triggers: trigger.triggers.map(withNewIds) };
};
