import { readFileSync } from 'node:fs';

/** The lines of a file of vectors. */
export const readVectors = <Line>(name: string): readonly Line[] =>
  readFileSync(new URL(`../../reference/vectors/${name}.jsonl`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    // The caller knows what its file holds.
    .map((line) => JSON.parse(line) as Line);
