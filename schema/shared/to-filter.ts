import { GraphQLError } from 'graphql';

import { parseId } from '#server/ids.ts';
import { isJsonObject } from '#server/json.ts';

/** A filter as it was written in an operation, before it is read. */
export type RawFilter = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 8;
const MAX_LIST = 200;
const MAX_SEARCH = 200;

const NEW_NAMES: Readonly<Record<string, string>> = {
  gte: 'atLeast',
  lte: 'atMost',
  paused: 'isPaused',
};

/** Conditions on a yes or no. */
const FLAGS: ReadonlySet<string> = new Set(['paused', 'isAnonymous']);

const refuse = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });

const readList = (items: readonly unknown[], depth: number): readonly unknown[] => {
  if (items.length > MAX_LIST) throw refuse(`A list in a filter holds at most ${MAX_LIST} values.`);
  return items.map((item) => {
    if (typeof item === 'string') return parseId(item) ?? item;
    return isJsonObject(item) ? readObject(item, depth + 1) : item;
  });
};

const readObject = (raw: RawFilter, depth: number): RawFilter => {
  if (depth > MAX_DEPTH) throw refuse('The filter is nested too deeply.');
  const entries = Object.entries(raw).flatMap(([name, value]): [string, unknown][] => {
    // An absent condition and one that is null are the same: no condition.
    if (value === null || value === undefined) return [];
    const target = NEW_NAMES[name] ?? name;
    if (Array.isArray(value)) return [[target, readList(value, depth)]];
    if (!isJsonObject(value)) return [[target, value]];
    if (FLAGS.has(name)) return [[target, value['eq']]];
    if (name === 'text') return [[target, searchText(value['query'])]];
    return [[target, readObject(value, depth + 1)]];
  });
  return Object.fromEntries(entries);
};

const searchText = (query: unknown): unknown => {
  if (typeof query === 'string' && query.length > MAX_SEARCH)
    throw refuse(`A search text has at most ${MAX_SEARCH} characters.`);
  return query;
};

/** The filter in the words of the queries, which the input type of the same name was made to give. */
export const toFilter = <Filter extends object>(raw: RawFilter | null | undefined): Filter =>
  // The schema admits only the fields of the input type, and these are the filter's own but for the names changed here.
  readObject(raw ?? {}, 1) as Filter;
