import type { Compilable } from 'kysely';

import { type Script, rows } from '#server/db/script.ts';
import type { Query } from '#server/db/statement.ts';

/** A list of parameters must fit one statement, which SQLite limits to 32,766. */
const MOST_KEYS = 1000;

/** Reads the rows of any number of keys, each key counted once. */
export function* rowsByKey<Row>(
  keys: readonly string[],
  select: (some: readonly string[]) => Query<Row> | Compilable<Row>,
): Script<readonly Row[]> {
  const unique = [...new Set(keys)];
  const found: Row[] = [];
  for (let start = 0; start < unique.length; start += MOST_KEYS) {
    found.push(...(yield* rows(select(unique.slice(start, start + MOST_KEYS)))));
  }
  return found;
}
