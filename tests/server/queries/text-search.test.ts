import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { parseTextSearch, partsOfTextSearch } from '#server/queries/text-search.ts';

interface Vector {
  readonly query: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly required: readonly string[];
}

const vectors: readonly Vector[] = readFileSync(
  new URL('../../reference/vectors/text_search.jsonl', import.meta.url),
  'utf8',
)
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line));

test.each(vectors)('$query is read as Prefect reads it', ({ query, ...expected }) => {
  expect(parseTextSearch(query)).toEqual(expected);
});

test.each(vectors)('$query says the same in parts of one kind each', ({ query, ...expected }) => {
  const parts = partsOfTextSearch(query).map(parseTextSearch);
  expect({
    include: parts.flatMap(({ include }) => include),
    exclude: parts.flatMap(({ exclude }) => exclude),
    required: parts.flatMap(({ required }) => required),
  }).toEqual(expected);
  const kinds = parts.map((part) => Object.values(part).filter((terms) => terms.length > 0).length);
  expect(kinds).toEqual(kinds.map(() => 1));
});
