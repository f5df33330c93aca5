import type { Dialect } from '../dialect.ts';
import { type Script, run } from '../script.ts';
import type { Query } from '../statement.ts';

/** One write of several that go together. */
export interface Part {
  readonly name: string;
  readonly query: Query<unknown>;
  /** The same write where it may speak of the rows that an earlier part returns, by that part's name. */
  readonly inCompany?: Query<unknown>;
}

interface Combined {
  readonly name: string;
  readonly text: string;
}

const combinations = new Map<string, Combined>();

const renumbered = (text: string, offset: number): string =>
  offset === 0
    ? text
    : text.replaceAll(/\$(\d+)/g, (_match, n: string) => `$${Number(n) + offset}`);

const combine = (parts: readonly Part[], queries: readonly Query<unknown>[]): Combined => {
  const key = queries.map(({ name }) => name).join(' ');
  const known = combinations.get(key);
  if (known !== undefined) return known;
  let offset = 0;
  const texts = queries.map((query) => {
    const text = renumbered(query.sql('postgresql'), offset);
    offset += query.parameters.length;
    return text;
  });
  const last = texts.at(-1) ?? '';
  const others = texts.slice(0, -1).map((text, index) => `${parts[index]?.name} AS (${text})`);
  const text = others.length === 0 ? last : `WITH ${others.join(', ')} ${last}`;
  const combined = { name: `together${combinations.size}`, text };
  combinations.set(key, combined);
  return combined;
};

/**
 * Runs declared writes, none of which may read what another one wrote. PostgreSQL takes them as one statement, as each
 * costs it and its driver some 75 us whatever it does; SQLite takes them one after the other.
 */
export function* runTogether(dialect: Dialect, parts: readonly Part[]): Script<void> {
  if (!dialect.hasConcurrentWriters) {
    for (const { query } of parts) yield* run(query);
    return;
  }
  const queries = parts.map(({ query, inCompany }) => inCompany ?? query);
  const { name, text } = combine(parts, queries);
  const parameters = queries.flatMap((query) => query.parameters);
  yield* run({ name, sql: () => text, parameters });
}
