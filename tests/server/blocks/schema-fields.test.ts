import { describe, expect, test } from 'vitest';

import { schemaChecksum } from '#server/blocks/schema-checksum.ts';
import { nestedFields, nestedSchemas, storedFields } from '#server/blocks/schema-fields.ts';

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
