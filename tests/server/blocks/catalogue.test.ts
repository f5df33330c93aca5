import { describe, expect, test } from 'vitest';

import { readCatalogue } from '#server/blocks/catalogue.ts';
import { LOGO_NAMES, drawLogo } from '#server/blocks/logo.ts';
import { isFields } from '#server/blocks/schema-checksum.ts';
import { nestedFields, nestedSchemas } from '#server/blocks/schema-fields.ts';
import { isJsonObject } from '#server/json.ts';

const collections = readCatalogue();
const blockTypes = collections.flatMap((collection) => collection.blockTypes);
const workerTypes = collections.flatMap((collection) => collection.workerTypes);
const schemas = blockTypes.flatMap((blockType) => blockType.schemas);

/** All names of variables that a template fills in. */
const placeholdersIn = (template: unknown): readonly string[] =>
  Array.from(JSON.stringify(template).matchAll(/\{\{ (\w+) \}\}/g), ([, name = '']) => name);

describe('the shipped catalogue', () => {
  test('holds the block types of a fresh server, each under a slug of its own', () => {
    expect(blockTypes).toHaveLength(54);
    expect(schemas).toHaveLength(64);
    expect(new Set(blockTypes.map(({ slug }) => slug)).size).toBe(54);
    const names = blockTypes.filter(({ isProtected }) => isProtected).map(({ slug }) => slug);
    expect(names.toSorted()).toEqual(['local-file-system', 'secret', 'webhook']);
  });

  test("begins with Prefect's own package, whose worker is offered first", () => {
    expect(collections[0]?.name).toBe('prefect');
    expect(workerTypes[0]?.type).toBe('process');
  });

  test('names a checksum and the own slug in every schema', () => {
    for (const { slug, schemas: own } of blockTypes) {
      expect(own.length, slug).toBeGreaterThan(0);
      for (const { checksum, fields } of own) {
        expect(checksum).toMatch(/^sha256:[0-9a-f]{64}$/);
        expect(fields['block_type_slug']).toBe(slug);
      }
    }
  });

  test.each([
    ['secret', 'sha256:c078ed9c1e813e224c0b353d7ad4564a11d51d3198d9ac0686478165a1911c78'],
    [
      'local-file-system',
      'sha256:0fc8b7f936f38f465715ef2df4a817ac9fe38b80bb01d5c6c9649a6da6ae6971',
    ],
    ['webhook', 'sha256:58bb03f0d84592252ad568ed9a8c899792ae5d0ad2dd4a2428e99674f9050cf1'],
  ])('has %s under the checksum that clients compute', (slug, checksum) => {
    const found = blockTypes.find((blockType) => blockType.slug === slug);
    expect(found?.schemas.map((schema) => schema.checksum)).toEqual([checksum]);
  });

  test('defines every nested block, whose schema it holds as well', () => {
    const nestings = schemas.flatMap(({ fields }) =>
      nestedSchemas(fields).map((nested) => ({ fields, nested })),
    );
    expect(nestings.length).toBeGreaterThan(10);
    for (const { fields, nested } of nestings) {
      expect(nestedFields(fields, nested)?.['block_type_slug']).toBe(nested.blockTypeSlug);
      expect(schemas.map((schema) => schema.checksum)).toContain(nested.checksum);
    }
  });

  test('has a logo for everything, and no logo for nothing', () => {
    const used = new Set([...blockTypes, ...workerTypes].map(({ logo }) => logo));
    expect([...used].toSorted()).toEqual(LOGO_NAMES.toSorted());
    for (const name of used) expect(drawLogo(name)).toMatch(/^<svg [^]*<\/svg>$/);
  });

  test('fills the templates of its workers from variables that they declare', () => {
    expect(workerTypes.map(({ type }) => type).toSorted()).toEqual([
      'azure-container-instance',
      'cloud-run',
      'cloud-run-v2',
      'docker',
      'ecs',
      'kubernetes',
      'process',
      'vertex-ai',
    ]);
    for (const { type, defaultBaseJobTemplate: template } of workerTypes) {
      const variables = template['variables'];
      expect(isJsonObject(variables ?? null), type).toBe(true);
      const properties = isFields(variables) ? variables['properties'] : null;
      const placeholders = placeholdersIn(template['job_configuration']);
      expect(placeholders.length).toBeGreaterThan(4);
      expect(Object.keys(isFields(properties) ? properties : {})).toEqual(
        expect.arrayContaining([...new Set(placeholders)]),
      );
    }
  });
});
