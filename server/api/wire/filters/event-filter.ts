import { z } from 'zod';

import type {
  EventFilter,
  LabelSpecification,
  ResourceCriteria,
} from '#server/events/event-filter.ts';
import { eventRange } from '#server/queries/event/event-range.ts';
import type { EventQuery } from '#server/queries/event/where-event.ts';
import { parseTextSearch } from '#server/queries/text-search.ts';
import type { Micros } from '#server/time.ts';

import { datetime } from '../pydantic/datetime.ts';
import { toErrorItems } from '../pydantic/error-items.ts';
import { Refusal, type Schema, describedAs, refuse, schemaOf } from '../pydantic/refusal.ts';
import { boolean, choice, text, uuid } from '../pydantic/scalar.ts';
import { dictionaryOf, list, model, texts, union } from '../pydantic/shapes.ts';
import { optional } from './criteria.ts';

const oneOrMany = <T>(item: Schema<T>, name: string): Schema<readonly T[]> =>
  union<readonly T[]>([
    {
      label: name,
      schema: describedAs(
        item.transform((value) => [value]),
        () => item,
      ),
    },
    { label: `list[${name}]`, schema: list(item) },
  ]);

const labels: Schema<LabelSpecification> = dictionaryOf(oneOrMany(text(), 'str'));

/** The entries that have a value; Prefect takes null and an absent key alike here. */
const present = <T extends object>(entries: {
  readonly [Key in keyof T]: T[Key] | null | undefined;
}): T =>
  // Every key of these criteria may be absent.
  Object.fromEntries(
    Object.entries(entries).filter(([, value]) => value !== null && value !== undefined),
  ) as T;

const resourceShape = { id: optional(texts), id_prefix: optional(texts), labels: optional(labels) };

const anyResource = model(resourceShape).transform(({ id, id_prefix: idPrefix, labels: wanted }) =>
  present<NonNullable<EventFilter['resource']>>({ id, idPrefix, labels: wanted }),
);

const resource = model({ ...resourceShape, distinct: boolean.default(false) }).transform(
  ({ id, id_prefix: idPrefix, labels: wanted, distinct: isDistinct }) => ({
    ...present<ResourceCriteria>({ id, idPrefix, labels: wanted }),
    isDistinct,
  }),
);

const twoTexts = z.tuple([text(), text()]);

/** A resource and its role. */
const pair = describedAs(
  schemaOf((value) => {
    if (!Array.isArray(value)) return refuse('tuple_type', 'Input should be a valid tuple');
    const { length } = value;
    if (length <= 2) return value;
    const msg = `Tuple should have at most 2 items after validation, not ${length}`;
    return refuse('too_long', msg, { field_type: 'Tuple', max_length: 2, actual_length: length });
  }).pipe(twoTexts),
  () => twoTexts,
);

const related = model({
  id: optional(texts),
  role: optional(texts),
  resources_in_roles: optional(list(pair)),
  labels: optional(labels),
}).transform(({ id, role, resources_in_roles: inRoles, labels: wanted }) =>
  present<NonNullable<EventFilter['related']>[number]>({ id, role, inRoles, labels: wanted }),
);

const name = model({
  prefix: optional(texts),
  exclude_prefix: optional(texts),
  name: optional(texts),
  exclude_name: optional(texts),
}).transform(({ prefix, exclude_prefix: excludePrefix, name: is, exclude_name: isNot }) =>
  present<NonNullable<EventFilter['name']>>({ prefix, excludePrefix, is, isNot }),
);

const occurred = model({ since: datetime.optional(), until: datetime.optional() });

const MAX_SEARCH_LENGTH = 200;

const shape = {
  occurred: occurred.optional(),
  event: optional(name),
  resource: optional(resource),
  related: optional(oneOrMany(related, 'EventRelatedFilter')),
  any_resource: optional(oneOrMany(anyResource, 'EventAnyResourceFilter')),
  id: model({ id: optional(list(uuid)) }).optional(),
  text: optional(model({ query: text({ maxLength: MAX_SEARCH_LENGTH }) })),
  order: choice(['ASC', 'DESC']).default('DESC'),
};

interface Given {
  readonly occurred?:
    | { readonly since?: Micros | undefined; readonly until?: Micros | undefined }
    | undefined;
  readonly event?: EventFilter['name'] | null;
  readonly resource?: (ResourceCriteria & { readonly isDistinct: boolean }) | null | undefined;
  readonly related?: EventFilter['related'] | null;
  readonly any_resource?: EventFilter['anyResource'] | null;
  readonly id?: { readonly id?: readonly string[] | null | undefined } | undefined;
}

const toFilter = (given: Given): EventFilter => ({
  ...eventRange(given.occurred ?? {}),
  ...present<Omit<EventFilter, 'since' | 'until'>>({
    name: given.event,
    resource: given.resource,
    related: given.related,
    anyResource: given.any_resource,
    id: given.id?.id,
  }),
});

/** Prefect's filter of events; without times it looks back half a year and up to the present. */
export const eventFilter: Schema<EventFilter> = model(shape).transform(
  ({ text: search, ...filter }) => ({
    ...toFilter(filter),
    ...(search && { text: parseTextSearch(search.query) }),
  }),
);

/** The same with what only stored events can be asked. */
export const eventQuery: Schema<EventQuery> = model(shape).transform(
  ({ text: search, order, ...filter }) => ({
    filter: toFilter(filter),
    text: search?.query ?? '',
    order,
    isDistinct: filter.resource?.isDistinct ?? false,
  }),
);

/** A query with the filter it was read from, to be handed on to those who ask for the next page. */
export interface SourcedEventQuery {
  readonly query: EventQuery;
  readonly source: unknown;
}

export const sourcedEventQuery: Schema<SourcedEventQuery> = describedAs(
  schemaOf<SourcedEventQuery>((source) => {
    const result = eventQuery.safeParse(source);
    if (result.success) return { query: result.data, source };
    return new Refusal(toErrorItems(result.error, { root: source, loc: [] }));
  }),
  () => eventQuery,
);
