import type { Compilable } from 'kysely';

import { type Query, compiled } from './statement.ts';

/** Tells those who wait for news of a topic that there is some; sent once the transaction is committed. */
export interface Announcement {
  readonly topic: string;
  readonly key: string;
}

/** What a script asks of the database, one step at a time. */
type Step =
  | { readonly kind: 'rows'; readonly query: Query<unknown> }
  | { readonly kind: 'run'; readonly query: Query<unknown> }
  | { readonly kind: 'announce'; readonly announcement: Announcement };

type Rows = readonly unknown[];

/**
 * A unit of work as a generator of statements. SQLite runs it without a pause inside the commit that all scripts of
 * the moment share; PostgreSQL sends its writes without waiting for each. Code that decides therefore exists once.
 */
export type Script<T> = Generator<Step, T, Rows>;

type Queryable<Row> = Query<Row> | Compilable<Row>;

const toQuery = <Row>(query: Queryable<Row>): Query<Row> =>
  'compile' in query ? compiled(query) : query;

/** Runs a statement and gives its rows. */
export function* rows<Row>(query: Queryable<Row>): Script<readonly Row[]> {
  const result = yield { kind: 'rows', query: toQuery(query) };
  // The driver answers a step of kind "rows" with the rows of its query, whose type the query names.
  return result as readonly Row[];
}

/** Runs a statement that gives at most one row. */
export function* one<Row>(query: Queryable<Row>): Script<Row | null> {
  const [row] = yield* rows(query);
  return row ?? null;
}

/** Runs a statement whose rows nobody needs: on PostgreSQL it travels together with those around it. */
export function* run(query: Queryable<unknown>): Script<void> {
  yield { kind: 'run', query: toQuery(query) };
}

/** Wakes those who listen to the topic, after the commit. */
export function* announce(topic: string, key: string): Script<void> {
  yield { kind: 'announce', announcement: { topic, key } };
}
