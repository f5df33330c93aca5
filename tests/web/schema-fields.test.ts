import { describe, expect, test } from 'vitest';

import {
  fieldText,
  parseObject,
  readField,
  schemaFields,
} from '../../web/src/lib/parameters/schema-fields.ts';

const needed = { isRequired: true } as const;
const optional = { isRequired: false } as const;

describe('The fields of a schema', () => {
  test('are none without a schema, or without properties', () => {
    expect(schemaFields(null)).toEqual([]);
    expect(schemaFields({ type: 'object' })).toEqual([]);
  });

  test('stand in their order, with kind, need and fallback', () => {
    const fields = schemaFields({
      properties: {
        when: { type: 'string', format: 'date-time', position: 1 },
        count: { type: 'integer', default: 3, position: 0, description: 'How many.' },
        secret: { type: 'string', format: 'password', position: 2 },
        options: { type: 'object', position: 3 },
      },
      required: ['when'],
    });
    expect(fields.map(({ name, kind, isRequired }) => [name, kind, isRequired])).toEqual([
      ['count', 'integer', false],
      ['when', 'moment', true],
      ['secret', 'password', false],
      ['options', 'json', false],
    ]);
    expect(fields[0]).toMatchObject({ fallback: 3, description: 'How many.' });
  });

  test('follow references and see through null and single alternatives', () => {
    const fields = schemaFields({
      properties: {
        color: { allOf: [{ $ref: '#/definitions/Color' }], default: 'red' },
        size: { anyOf: [{ type: 'number' }, { type: 'null' }] },
        either: { anyOf: [{ type: 'number' }, { type: 'string' }] },
        endless: { $ref: '#/definitions/Endless' },
      },
      definitions: {
        Color: { enum: ['red', 'blue'], type: 'string' },
        Endless: { $ref: '#/definitions/Endless' },
      },
    });
    expect(fields.map(({ kind }) => kind)).toEqual(['choice', 'number', 'json', 'json']);
    expect(fields[0]).toMatchObject({ choices: ['red', 'blue'], fallback: 'red' });
  });
});

describe('A field', () => {
  test('that is needed must not be empty; another one then says nothing', () => {
    expect(readField({ kind: 'text', ...needed }, ' ')).toMatchObject({ kind: 'fault' });
    expect(readField({ kind: 'text', ...optional }, '')).toEqual({ kind: 'nothing' });
  });

  test.for([
    ['integer', '1.5'],
    ['integer', 'many'],
    ['number', 'NaN'],
    ['json', '{'],
  ] as const)('of kind %s does not take %s', ([kind, text]) => {
    expect(readField({ kind, ...needed }, text)).toMatchObject({ kind: 'fault' });
  });

  test.for([
    ['integer', 42],
    ['number', 0.5],
    ['boolean', false],
    ['text', 'two words'],
    ['moment', '2027-01-01T00:00:00Z'],
    ['choice', 'red'],
    ['choice', 3],
    ['json', { a: [1, null] }],
    ['json', null],
  ] as const)('of kind %s gives back %s as it was put in', ([kind, value]) => {
    const text = fieldText({ kind }, value);
    expect(readField({ kind, ...needed }, text)).toEqual({ kind: 'value', value });
  });
});

test('a JSON object is told from other JSON and from none', () => {
  expect(parseObject('{"a": 1}')).toEqual({ a: 1 });
  for (const text of ['[1]', 'null', '"a"', '{']) expect(parseObject(text)).toBeNull();
});
