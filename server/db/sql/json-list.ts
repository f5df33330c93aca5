import type { DialectName } from '../dialect.ts';
import type { SqlText } from '../statement.ts';

const LISTS: Readonly<Record<DialectName, string>> = {
  sqlite: '(SELECT value FROM json_each(?))',
  postgresql: '(SELECT jsonb_array_elements_text(CAST(? AS JSONB)))',
};

/** A statement with lists of texts, each of them one JSON parameter; `list` stands for it after IN. */
export const withLists = (write: (list: string) => string): SqlText => ({
  sqlite: write(LISTS.sqlite),
  postgresql: write(LISTS.postgresql),
});
