import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { SpelledNumber, parseSpelledJson } from '#server/blocks/python-json.ts';
import { schemaChecksum } from '#server/blocks/schema-checksum.ts';

const vectors = readFileSync(
  join(import.meta.dirname, '..', '..', 'reference', 'vectors', 'block_checksum.jsonl'),
  'utf8',
)
  .trim()
  .split('\n')
  // Numbers keep their spelling here as they do when a request is read.
  .map((line) => parseSpelledJson(line) as { readonly fields: unknown; readonly checksum: string });

describe('the checksum of a block schema', () => {
  test.each(vectors.map(({ fields, checksum }, index) => ({ index, fields, checksum })))(
    'is what the real server computes ($index)',
    ({ fields, checksum }) => {
      expect(schemaChecksum(fields)).toBe(checksum);
    },
  );

  test('tells a float from an integer of the same value', () => {
    expect(schemaChecksum({ a: new SpelledNumber('1.0') })).not.toBe(
      schemaChecksum({ a: new SpelledNumber('1') }),
    );
  });
});
