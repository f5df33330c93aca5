import { type Expression, type SqlBool, sql } from 'kysely';

import { json } from '#server/json.ts';

import type { DialectName } from './dialect.ts';

type Condition = Expression<SqlBool>;

/** Conditions whose SQL differs between the databases. */
export interface DialectExpressions {
  /** Matches a pattern of `%` and `_` without regard to case. */
  readonly matches: (text: Expression<unknown>, pattern: string) => Condition;
  /** Contains the text as it stands, without regard to case. */
  readonly containsText: (text: Expression<unknown>, part: string) => Condition;
  /** Starts with the text as it stands, without regard to case. */
  readonly startsWithText: (text: Expression<unknown>, start: string) => Condition;
  /** A JSON list of strings holds every one of the values. */
  readonly listHasAll: (list: Expression<unknown>, values: readonly string[]) => Condition;
  /** A JSON list of strings holds one of the values. */
  readonly listHasAny: (list: Expression<unknown>, values: readonly string[]) => Condition;
  /** A JSON list holds nothing. */
  readonly listIsEmpty: (list: Expression<unknown>) => Condition;
  /** Is one of many texts. */
  readonly isAmong: (text: Expression<unknown>, values: readonly string[]) => Condition;
  /** Fits a pattern in which a star stands for anything, as it is written. */
  readonly fitsStars: (text: Expression<unknown>, pattern: string) => Condition;
  /** One of the objects of a JSON list meets a condition on it. */
  readonly someObject: (
    list: Expression<unknown>,
    condition: (object: Expression<unknown>) => Condition,
  ) => Condition;
  /** Where rows without a value stand in ascending order: at the end, or at the start. */
  readonly nullsAreLargest: boolean;
}

const literal = (part: string): string => part.replaceAll(/[\\%_]/g, String.raw`\$&`);

const like = (text: Expression<unknown>, pattern: string): Condition =>
  sql<SqlBool>`lower(${text}) LIKE lower(${pattern}) ESCAPE '\\'`;

const containsText = (text: Expression<unknown>, part: string): Condition =>
  like(text, `%${literal(part)}%`);

const startsWithText = (text: Expression<unknown>, start: string): Condition =>
  like(text, `${literal(start)}%`);

const EXPRESSIONS: Readonly<Record<DialectName, DialectExpressions>> = {
  sqlite: {
    matches: (text, pattern) => sql<SqlBool>`${text} LIKE ${pattern}`,
    containsText,
    startsWithText,
    listHasAll: (list, values) =>
      sql<SqlBool>`NOT EXISTS (SELECT 1 FROM json_each(${json(values)}) AS wanted
        WHERE wanted.value NOT IN (SELECT value FROM json_each(${list})))`,
    listHasAny: (list, values) =>
      sql<SqlBool>`EXISTS (SELECT 1 FROM json_each(${list}) AS present
        WHERE present.value IN (SELECT value FROM json_each(${json(values)})))`,
    listIsEmpty: (list) => sql<SqlBool>`json_array_length(${list}) = 0`,
    isAmong: (text, values) =>
      sql<SqlBool>`${text} IN (SELECT value FROM json_each(${json(values)}))`,
    fitsStars: (text, pattern) =>
      sql<SqlBool>`${text} GLOB ${pattern.replaceAll(/[[?]/g, (sign) => `[${sign}]`)}`,
    someObject: (list, condition) =>
      sql<SqlBool>`EXISTS (SELECT 1 FROM json_each(${list}) AS item WHERE ${condition(sql`item.value`)})`,
    nullsAreLargest: false,
  },
  postgresql: {
    matches: (text, pattern) => sql<SqlBool>`${text} ILIKE ${pattern}`,
    containsText,
    startsWithText,
    listHasAll: (list, values) => sql<SqlBool>`${list} @> CAST(${json(values)} AS JSONB)`,
    listHasAny: (list, values) => sql<SqlBool>`${list} ?| CAST(${values} AS TEXT[])`,
    listIsEmpty: (list) => sql<SqlBool>`jsonb_array_length(${list}) = 0`,
    isAmong: (text, values) => sql<SqlBool>`${text} = ANY(CAST(${values} AS TEXT[]))`,
    fitsStars: (text, pattern) =>
      sql<SqlBool>`${text} LIKE ${literal(pattern).replaceAll('*', '%')} ESCAPE '\\'`,
    someObject: (list, condition) =>
      sql<SqlBool>`EXISTS (SELECT 1 FROM jsonb_array_elements(${list}) AS item(value)
        WHERE ${condition(sql`item.value`)})`,
    nullsAreLargest: true,
  },
};

/** The conditions in the words of one database. */
export const expressionsFor = (dialect: DialectName): DialectExpressions => EXPRESSIONS[dialect];
