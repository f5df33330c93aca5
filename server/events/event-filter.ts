import type { Micros } from '#server/time.ts';

import { type Event, type EventResource, RESOURCE_ID, RESOURCE_ROLE } from './event.ts';

/** Labels that a resource must have: each with one of the values, which may hold `*` and begin with `!`. */
export type LabelSpecification = Readonly<Record<string, readonly string[]>>;

export interface ResourceCriteria {
  readonly id?: readonly string[];
  readonly idPrefix?: readonly string[];
  readonly labels?: LabelSpecification;
}

export interface RelatedCriteria {
  readonly id?: readonly string[];
  readonly role?: readonly string[];
  /** Pairs of a resource's id and the role it must have. */
  readonly inRoles?: readonly (readonly [id: string, role: string])[];
  readonly labels?: LabelSpecification;
}

/** Words of an event: one of `include` if there are any, all of `required`, none of `exclude`. */
interface TextCriteria {
  readonly include: readonly string[];
  readonly required: readonly string[];
  readonly exclude: readonly string[];
}

/** Which events somebody wants. An absent or empty criterion holds for all. */
export interface EventFilter {
  /** Both ends belong to the range. */
  readonly since: Micros;
  readonly until: Micros;
  readonly name?: {
    readonly prefix?: readonly string[];
    readonly excludePrefix?: readonly string[];
    readonly is?: readonly string[];
    readonly isNot?: readonly string[];
  };
  readonly resource?: ResourceCriteria;
  /** Each must be met by one of the related resources. */
  readonly related?: readonly RelatedCriteria[];
  /** Each must be met by the resource or one of the related ones. */
  readonly anyResource?: readonly ResourceCriteria[];
  readonly id?: readonly string[];
  readonly text?: TextCriteria;
}

const isGiven = <T>(list: readonly T[] | undefined): list is readonly T[] =>
  list !== undefined && list.length > 0;

/** Whether a value fits a label's pattern: a star stands for anything, an exclamation mark in front turns it round. */
const fitsPattern = (pattern: string, value: string | undefined): boolean => {
  if (value === undefined) return false;
  if (pattern.startsWith('!')) return !fitsPattern(pattern.slice(1), value);
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === value;
  const last = rest.pop() ?? '';
  if (!value.startsWith(first) || value.length < first.length + last.length) return false;
  let from = first.length;
  for (const part of rest) {
    const at = value.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return value.endsWith(last) && value.length - last.length >= from;
};

const hasLabels = (resource: EventResource, labels: LabelSpecification | undefined): boolean =>
  Object.entries(labels ?? {}).every(([label, patterns]) =>
    patterns.some((pattern) => fitsPattern(pattern, resource[label])),
  );

const idOf = (resource: EventResource): string => resource[RESOURCE_ID] ?? '';

const meetsResource = (
  resource: EventResource,
  { id, idPrefix, labels }: ResourceCriteria,
): boolean =>
  (!isGiven(id) || id.includes(idOf(resource))) &&
  (!isGiven(idPrefix) || idPrefix.some((prefix) => idOf(resource).startsWith(prefix))) &&
  hasLabels(resource, labels);

// As Prefect has it: each criterion may be met by another of the resources.
const meetsRelated = (related: readonly EventResource[], criteria: RelatedCriteria): boolean => {
  const { id, role, inRoles, labels } = criteria;
  const some = (test: (resource: EventResource) => boolean): boolean => related.some(test);
  return (
    (!isGiven(id) || some((resource) => id.includes(idOf(resource)))) &&
    (!isGiven(role) || some((resource) => role.includes(resource[RESOURCE_ROLE] ?? ''))) &&
    (!isGiven(inRoles) ||
      some((resource) =>
        inRoles.some(([one, as]) => idOf(resource) === one && resource[RESOURCE_ROLE] === as),
      )) &&
    (labels === undefined || some((resource) => hasLabels(resource, labels)))
  );
};

const meetsName = (event: string, name: EventFilter['name']): boolean => {
  if (name === undefined) return true;
  const { prefix, excludePrefix, is, isNot } = name;
  return (
    (!isGiven(prefix) || prefix.some((start) => event.startsWith(start))) &&
    !(excludePrefix ?? []).some((start) => event.startsWith(start)) &&
    (!isGiven(is) || is.includes(event)) &&
    !(isNot ?? []).includes(event)
  );
};

const meetsText = (event: Event, text: TextCriteria | undefined): boolean => {
  if (text === undefined) return true;
  const resources = [event.resource, ...event.related].flatMap((labels) => Object.values(labels));
  const said = [event.event, ...resources, JSON.stringify(event.payload)].join(' ').toLowerCase();
  const says = (word: string): boolean => said.includes(word.toLowerCase());
  return (
    (text.include.length === 0 || text.include.some(says)) &&
    text.required.every(says) &&
    !text.exclude.some(says)
  );
};

/** Whether the event is one of those that the filter wants. */
export const matchesEvent = (filter: EventFilter, event: Event): boolean =>
  event.occurred >= filter.since &&
  event.occurred <= filter.until &&
  meetsName(event.event, filter.name) &&
  meetsResource(event.resource, filter.resource ?? {}) &&
  (filter.related ?? []).every((criteria) => meetsRelated(event.related, criteria)) &&
  (filter.anyResource ?? []).every((criteria) =>
    [event.resource, ...event.related].some((resource) => meetsResource(resource, criteria)),
  ) &&
  (!isGiven(filter.id) || filter.id.includes(event.id)) &&
  meetsText(event, filter.text);
