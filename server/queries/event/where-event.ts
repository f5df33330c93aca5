import { type Expression, type SqlBool, expressionBuilder, sql } from 'kysely';

import type { Tables } from '#prisma/tables.ts';
import type { DialectExpressions as Words } from '#server/db/expressions.ts';
import type {
  EventFilter,
  LabelSpecification,
  RelatedCriteria,
  ResourceCriteria,
} from '#server/events/event-filter.ts';
import { RESOURCE_ID, RESOURCE_ROLE } from '#server/events/event.ts';

import { parseTextSearch } from '../text-search.ts';

type Condition = Expression<SqlBool>;

/** What stored events are asked for. */
export interface EventQuery {
  readonly filter: EventFilter;
  /** A text search over all that an event says; empty for none. */
  readonly text: string;
  readonly order: 'ASC' | 'DESC';
  /** Only the newest event of each resource. */
  readonly isDistinct: boolean;
}

const events = expressionBuilder<Tables, 'event'>();
const PRIMARY_ROLE = '';

const isGiven = <T>(list: readonly T[] | undefined): list is readonly T[] =>
  list !== undefined && list.length > 0;

const all = (conditions: readonly Condition[]): Condition => events.and([...conditions]);
const any = (conditions: readonly Condition[]): Condition => events.or([...conditions]);

const oneOf = (text: Expression<unknown>, values: readonly string[]): Condition =>
  sql<SqlBool>`${text} IN (${sql.join([...values])})`;

const startsWith = (text: Expression<unknown>, start: string): Condition =>
  sql<SqlBool>`substr(${text}, 1, ${sql.lit(Array.from(start).length)}) = ${start}`;

const startsWithAny = (text: Expression<unknown>, starts: readonly string[]): Condition =>
  any(starts.map((start) => startsWith(text, start)));

const labelOf = (object: Expression<unknown>, label: string): Expression<unknown> =>
  sql`(${object} ->> CAST(${label} AS TEXT))`;

const fitsPattern = (words: Words, text: Expression<unknown>, pattern: string): Condition =>
  pattern.startsWith('!')
    ? events.not(fitsPattern(words, text, pattern.slice(1)))
    : words.fitsStars(text, pattern);

const hasLabels = (
  words: Words,
  object: Expression<unknown>,
  labels: LabelSpecification,
): Condition =>
  all(
    Object.entries(labels).map(([label, patterns]) => {
      const text = labelOf(object, label);
      const fits = any(patterns.map((pattern) => fitsPattern(words, text, pattern)));
      return all([sql<SqlBool>`${text} IS NOT NULL`, fits]);
    }),
  );

/** One of the resources of an event, found through their own table, whose key begins with their ids. */
const someResource = (condition: Expression<SqlBool>): Condition =>
  events(
    'event.seq',
    'in',
    events
      .selectFrom('eventResource')
      .select('eventResource.seq')
      .where(sql<SqlBool>`${condition}`),
  );

const RESOURCE = sql.ref('eventResource.resourceId');
const ROLE = sql.ref('eventResource.role');
const isPrimary = sql<SqlBool>`${ROLE} = ${PRIMARY_ROLE}`;
const isRelated = sql<SqlBool>`${ROLE} <> ${PRIMARY_ROLE}`;

const onResource = (words: Words, criteria: ResourceCriteria): readonly Condition[] => [
  ...(isGiven(criteria.id) ? [someResource(all([isPrimary, oneOf(RESOURCE, criteria.id)]))] : []),
  ...(isGiven(criteria.idPrefix)
    ? [startsWithAny(events.ref('event.resourceId'), criteria.idPrefix)]
    : []),
  ...(criteria.labels === undefined
    ? []
    : [hasLabels(words, events.ref('event.resource'), criteria.labels)]),
];

const onAnyResource = (words: Words, criteria: ResourceCriteria): readonly Condition[] => {
  const { id, idPrefix, labels } = criteria;
  return [
    ...(isGiven(id) ? [someResource(oneOf(RESOURCE, id))] : []),
    ...(isGiven(idPrefix) ? [someResource(startsWithAny(RESOURCE, idPrefix))] : []),
    ...(labels === undefined
      ? []
      : [
          any([
            hasLabels(words, events.ref('event.resource'), labels),
            words.someObject(events.ref('event.related'), (item) => hasLabels(words, item, labels)),
          ]),
        ]),
  ];
};

const inRole = ([id, role]: readonly [string, string], item: Expression<unknown>): Condition =>
  all([
    sql<SqlBool>`${labelOf(item, RESOURCE_ID)} = ${id}`,
    sql<SqlBool>`${labelOf(item, RESOURCE_ROLE)} = ${role}`,
  ]);

const onRelated = (words: Words, criteria: RelatedCriteria): readonly Condition[] => {
  const { id, role, inRoles, labels } = criteria;
  const related = events.ref('event.related');
  return [
    ...(isGiven(id) ? [someResource(all([isRelated, oneOf(RESOURCE, id)]))] : []),
    ...(isGiven(role) ? [someResource(oneOf(ROLE, role))] : []),
    ...(isGiven(inRoles)
      ? [words.someObject(related, (item) => any(inRoles.map((pair) => inRole(pair, item))))]
      : []),
    ...(labels === undefined
      ? []
      : [words.someObject(related, (item) => hasLabels(words, item, labels))]),
  ];
};

const onName = (name: NonNullable<EventFilter['name']>): readonly Condition[] => {
  const text = events.ref('event.event');
  const { prefix, excludePrefix, is, isNot } = name;
  return [
    ...(isGiven(prefix) ? [startsWithAny(text, prefix)] : []),
    ...(isGiven(excludePrefix) ? [events.not(startsWithAny(text, excludePrefix))] : []),
    ...(isGiven(is) ? [oneOf(text, is)] : []),
    ...(isGiven(isNot) ? [events.not(oneOf(text, isNot))] : []),
  ];
};

const onText = (words: Words, query: string): readonly Condition[] => {
  const { include, required, exclude } = parseTextSearch(query);
  const said = sql`(${events.ref('event.event')} || ' ' || CAST(${events.ref('event.resource')} AS TEXT)
    || ' ' || CAST(${events.ref('event.related')} AS TEXT) || ' ' || CAST(${events.ref('event.payload')} AS TEXT))`;
  const says = (term: string): Condition => words.containsText(said, term);
  return [
    ...(include.length > 0 ? [any(include.map(says))] : []),
    ...required.map(says),
    ...exclude.map((term) => events.not(says(term))),
  ];
};

const newestOfEachResource = (admitted: Condition): Condition =>
  events(
    'event.seq',
    'in',
    events
      .selectFrom(
        events
          .selectFrom('event')
          .select([
            'event.seq',
            sql<number>`row_number() OVER (PARTITION BY ${sql.ref('event.resourceId')}
              ORDER BY ${sql.ref('event.occurred')} DESC, ${sql.ref('event.seq')} DESC)`.as(
              'place',
            ),
          ])
          .where(admitted)
          .as('ranked'),
      )
      .select('ranked.seq')
      .where('ranked.place', '=', 1),
  );

/** The events that a query admits. */
export const whereQueriedEvent = (words: Words, query: EventQuery): Condition => {
  const admitted = whereEvent(words, query);
  return query.isDistinct ? newestOfEachResource(admitted) : admitted;
};

/** The events that a query admits, but for whether they are the newest of their resource. */
export const whereEvent = (words: Words, { filter, text }: EventQuery): Condition =>
  all([
    events('event.occurred', '>=', filter.since),
    events('event.occurred', '<=', filter.until),
    ...(filter.name === undefined ? [] : onName(filter.name)),
    ...(filter.resource === undefined ? [] : onResource(words, filter.resource)),
    ...(filter.related ?? []).flatMap((criteria) => onRelated(words, criteria)),
    ...(filter.anyResource ?? []).flatMap((criteria) => onAnyResource(words, criteria)),
    ...(isGiven(filter.id) ? [oneOf(events.ref('event.id'), filter.id)] : []),
    ...(text === '' ? [] : onText(words, text)),
  ]);
