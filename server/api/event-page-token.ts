import { isJsonObject } from '#server/json.ts';
import type { EventQuery } from '#server/queries/event/where-event.ts';
import { micros } from '#server/time.ts';

import { eventQuery } from './wire/filters/event-filter.ts';

/** Where a list of events goes on. */
export interface EventPageToken {
  readonly query: EventQuery;
  /** The filter as it was sent, from which the query was read. */
  readonly source: unknown;
  readonly limit: number;
  readonly offset: number;
  readonly total: number;
}

/** As many events as a page may hold: a token is read from anybody, so it may not ask for more. */
const MAX_PAGE = 50;

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** The token as text. The times that the filter left out are fixed, so that the pages belong together. */
export const writePageToken = ({ query, source, ...place }: EventPageToken): string => {
  const { since, until } = query.filter;
  return Buffer.from(JSON.stringify({ source, since, until, ...place })).toString('base64url');
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
};

/** The token that a text holds; null for a text that this server did not write. It is read like a filter from anybody. */
export const readPageToken = (text: string): EventPageToken | null => {
  const given = parse(text);
  if (!isJsonObject(given)) return null;
  const { source, since, until, limit, offset, total } = given;
  const isPlace = isCount(limit) && limit <= MAX_PAGE && isCount(offset) && isCount(total);
  if (!isPlace || typeof since !== 'number' || typeof until !== 'number') return null;
  const parsed = eventQuery.safeParse(source);
  if (!parsed.success) return null;
  const filter = { ...parsed.data.filter, since: micros(since), until: micros(until) };
  return { query: { ...parsed.data, filter }, source, limit, offset, total };
};
