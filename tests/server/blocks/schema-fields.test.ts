import { describe, expect, test } from 'vitest';

import { schemaChecksum } from '#server/blocks/schema-checksum.ts';
import { nestedFields, nestedSchemas, storedFields } from '#server/blocks/schema-fields.ts';
import { SYSTEM_BLOCKS } from '#server/blocks/system-blocks.ts';

const point = { title: 'Point', type: 'object' };
const inner = {
  title: 'Inner',
  block_type_slug: 'inner',
  properties: { at: { $ref: '#/definitions/Point' } },
};
const other = { title: 'Other', block_type_slug: 'other', properties: {} };
const outer = {
  properties: {
    one: { $ref: '#/definitions/Inner' },
    either: { anyOf: [{ $ref: '#/definitions/Inner' }, { $ref: '#/definitions/Other' }] },
  },
  block_schema_references: {
    one: { block_type_slug: 'inner', block_schema_checksum: 'i' },
    either: [
      { block_type_slug: 'inner', block_schema_checksum: 'i' },
      { block_type_slug: 'other', block_schema_checksum: 'o' },
    ],
  },
  definitions: { Inner: inner, Other: other, Point: point, Unused: point, Any: {} },
};

describe('the fields of a block schema', () => {
  test.each([
    [{ block_schema_references: 1 }],
    [{ block_schema_references: { a: null } }],
    [{ block_schema_references: { a: [{ block_type_slug: 'x' }] } }],
  ])('with malformed references are refused (%#)', (fields) => {
    expect(() => nestedSchemas(fields)).toThrow('block_schema_references');
  });

  test('name the blocks that are nested in them, several in one field too', () => {
    expect(nestedSchemas(outer)).toEqual([
      { name: 'one', blockTypeSlug: 'inner', checksum: 'i' },
      { name: 'either', blockTypeSlug: 'inner', checksum: 'i' },
      { name: 'either', blockTypeSlug: 'other', checksum: 'o' },
    ]);
    expect(nestedSchemas({})).toEqual([]);
  });

  test('define a nested block together with what it refers to', () => {
    const [one, , either] = nestedSchemas(outer);
    expect(one && nestedFields(outer, one)).toEqual({ ...inner, definitions: { Point: point } });
    expect(either && nestedFields(outer, either)).toEqual(other);
    expect(nestedFields(outer, { name: 'none', blockTypeSlug: 'x', checksum: 'x' })).toBeNull();
  });

  test('are stored without definitions that nothing refers to, and keep their checksum', () => {
    const stored = storedFields(outer);
    expect(stored['definitions']).toEqual({ Inner: inner, Other: other, Point: point });
    expect(schemaChecksum(stored)).toBe(schemaChecksum(outer));
    expect(storedFields({ type: 'object' })).toEqual({
      type: 'object',
      block_schema_references: {},
    });
  });
});

test.each([
  ['secret', 'sha256:c078ed9c1e813e224c0b353d7ad4564a11d51d3198d9ac0686478165a1911c78'],
  ['local-file-system', 'sha256:0fc8b7f936f38f465715ef2df4a817ac9fe38b80bb01d5c6c9649a6da6ae6971'],
  ['webhook', 'sha256:58bb03f0d84592252ad568ed9a8c899792ae5d0ad2dd4a2428e99674f9050cf1'],
])('the built-in block %s is the one that clients know', (slug, checksum) => {
  const block = SYSTEM_BLOCKS.find((candidate) => candidate.slug === slug);
  expect(schemaChecksum(block?.fields)).toBe(checksum);
});
