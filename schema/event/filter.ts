import { GraphQLError } from 'graphql';

import type {
  EventFilter as EventCriteria,
  LabelSpecification,
} from '#server/events/event-filter.ts';
import { parseId } from '#server/ids.ts';
import type { JsonObject, JsonValue } from '#server/json.ts';
import { eventRange } from '#server/queries/event/event-range.ts';
import type { EventQuery } from '#server/queries/event/where-event.ts';

import { builder } from '../builder.ts';
import { TextFilter } from '../shared/comparators.ts';
import { given } from '../shared/given.ts';

const IN = 'One of these. An empty list is no condition.';
const LABELS =
  'Labels that it must have, each with one text or a list of which one must fit; `*` stands for anything and `!` in front turns it round.';
const MAX_SEARCH = 200;
const MAX_LIST = 200;
/** Each of these is a search of its own. */
const MAX_CRITERIA = 20;

const OneOfFilter = builder.inputType('OneOfFilter', {
  description: 'A condition on a text.',
  fields: (t) => ({ in: t.stringList({ description: IN }) }),
});

const ResourceIdFilter = builder.inputType('ResourceIdFilter', {
  description: 'Conditions on the id of a resource. All that are given must hold.',
  fields: (t) => ({
    in: t.stringList({ description: IN }),
    startsWith: t.stringList({ description: 'Starts with one of these.' }),
  }),
});

const EventNameFilter = builder.inputType('EventNameFilter', {
  description: 'Conditions on the name of an event. All that are given must hold.',
  fields: (t) => ({
    in: t.stringList({ description: IN }),
    notIn: t.stringList({ description: 'None of these.' }),
    startsWith: t.stringList({ description: 'Starts with one of these.' }),
    notStartsWith: t.stringList({ description: 'Starts with none of these.' }),
  }),
});

const EventTimeFilter = builder.inputType('EventTimeFilter', {
  description: 'A stretch of time. Both ends belong to it.',
  fields: (t) => ({
    after: t.field({ type: 'DateTime', description: 'Not before this; half a year ago without.' }),
    before: t.field({ type: 'DateTime', description: 'Not after this; the present without.' }),
  }),
});

const EventResourceFilter = builder.inputType('EventResourceFilter', {
  description: 'Conditions on a resource of an event. All that are given must hold.',
  fields: (t) => ({
    id: t.field({ type: ResourceIdFilter, description: 'Its id, such as prefect.flow-run.….' }),
    labels: t.field({ type: 'JSONObject', description: LABELS }),
  }),
});

const RelatedResourceFilter = builder.inputType('RelatedResourceFilter', {
  description:
    'Conditions on the other resources of an event. Each may be met by another one of them.',
  fields: (t) => ({
    id: t.field({ type: OneOfFilter, description: 'Its id.' }),
    role: t.field({ type: OneOfFilter, description: 'Its part in the event, such as flow.' }),
    labels: t.field({ type: 'JSONObject', description: LABELS }),
  }),
});

export const EventFilter = builder.inputType('EventFilter', {
  description: 'Which events. All conditions that are given must hold.',
  fields: (t) => ({
    id: t.field({ type: OneOfFilter, description: 'Its id.' }),
    occurred: t.field({ type: EventTimeFilter, description: 'When it occurred.' }),
    event: t.field({ type: EventNameFilter, description: 'Its name.' }),
    resource: t.field({ type: EventResourceFilter, description: 'The resource it is about.' }),
    related: t.field({
      type: [RelatedResourceFilter],
      description: 'Other resources of it; each condition must be met. At most 20.',
    }),
    anyResource: t.field({
      type: [EventResourceFilter],
      description: 'Its resource or one of the others; each condition must be met. At most 20.',
    }),
    text: t.field({ type: TextFilter, description: 'A search in all that it says.' }),
    distinct: t.boolean({ description: 'Whether only the newest event of each resource counts.' }),
  }),
});

const refuse = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });

const bounded = <Item>(
  list: readonly Item[] | null | undefined,
  most = MAX_LIST,
): readonly Item[] | undefined => {
  if ((list?.length ?? 0) > most)
    throw refuse(`This list in a filter holds at most ${most} values.`);
  return list ?? undefined;
};

const patternsOf = (label: string, value: JsonValue): readonly string[] => {
  const patterns: readonly JsonValue[] = Array.isArray(value) ? value : [value];
  return patterns.map((pattern) => {
    if (typeof pattern === 'string') return pattern;
    throw refuse(`The label ${label} is compared with a text or a list of texts.`);
  });
};

const toLabels = (labels: JsonObject | null | undefined): LabelSpecification | undefined =>
  labels
    ? Object.fromEntries(
        (bounded(Object.entries(labels), MAX_CRITERIA) ?? []).map(([label, value]) => [
          label,
          bounded(patternsOf(label, value)) ?? [],
        ]),
      )
    : undefined;

const toResource = ({ id, labels }: typeof EventResourceFilter.$inferInput) =>
  given({
    id: bounded(id?.in),
    idPrefix: bounded(id?.startsWith),
    labels: toLabels(labels),
  });

const toRelated = ({ id, role, labels }: typeof RelatedResourceFilter.$inferInput) =>
  given({ id: bounded(id?.in), role: bounded(role?.in), labels: toLabels(labels) });

const toName = (name: typeof EventNameFilter.$inferInput): EventCriteria['name'] =>
  given({
    is: bounded(name.in),
    isNot: bounded(name.notIn),
    prefix: bounded(name.startsWith),
    excludePrefix: bounded(name.notStartsWith),
  });

const toText = (query: string | undefined): string => {
  if (query !== undefined && query.length > MAX_SEARCH)
    throw refuse(`A search text has at most ${MAX_SEARCH} characters.`);
  return query ?? '';
};

type Given = typeof EventFilter.$inferInput;

/** The query that a filter makes. Throws BAD_USER_INPUT. */
export const toEventQuery = (filter: Given): EventQuery => ({
  filter: {
    ...eventRange({ since: filter.occurred?.after, until: filter.occurred?.before }),
    ...given({
      name: filter.event ? toName(filter.event) : undefined,
      resource: filter.resource ? toResource(filter.resource) : undefined,
      related: bounded(filter.related, MAX_CRITERIA)?.map(toRelated),
      anyResource: bounded(filter.anyResource, MAX_CRITERIA)?.map(toResource),
      id: bounded(filter.id?.in)?.map((id) => parseId(id) ?? id),
    }),
  },
  text: toText(filter.text?.query),
  order: 'DESC',
  isDistinct: filter.distinct ?? false,
});
