import { readFileSync } from 'node:fs';

import {
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { describe, expect, test } from 'vitest';

import { schema } from '#schema/index.ts';

const undescribed = (type: GraphQLNamedType): string[] => {
  const missing = type.description ? [] : [type.name];
  if (isEnumType(type))
    return [
      ...missing,
      ...type
        .getValues()
        .flatMap(({ name, description }) => (description ? [] : [`${type.name}.${name}`])),
    ];
  if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return missing;
  const fields: readonly {
    readonly name: string;
    readonly description?: string | null | undefined;
    readonly args?: readonly {
      readonly name: string;
      readonly description?: string | null | undefined;
    }[];
  }[] = Object.values(type.getFields());
  return [
    ...missing,
    ...fields.flatMap(({ name, description, args = [] }) => [
      ...(description ? [] : [`${type.name}.${name}`]),
      ...args.flatMap((argument) =>
        argument.description ? [] : [`${type.name}.${name}(${argument.name})`],
      ),
    ]),
  ];
};

describe('The schema', () => {
  test('describes every type, field, argument and value', () => {
    const types = Object.values(schema.getTypeMap()).filter(
      (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
    );
    expect(types.flatMap(undescribed)).toEqual([]);
  });

  test('is the one that is committed', () => {
    const committed = readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');
    expect(`${printSchema(lexicographicSortSchema(schema))}\n`).toBe(committed);
  });
});
