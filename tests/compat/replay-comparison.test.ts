import { describe, expect, test } from 'vitest';

import type { Comparison } from '#tests/support/replay/compare-values.ts';
import { compareJson } from '#tests/support/replay/compare-values.ts';
import { compactJson, parseJson } from '#tests/support/replay/lossless-json.ts';
import { fillIn, unknownVariables, valueAt } from '#tests/support/replay/variables.ts';

const ID_OF_RECORDING = '9cded8a7-bb5f-4461-a060-e2c4806b0691';
const ID_OF_REPLAY = '01a202c1-71c4-771e-86df-a0c98ff32c56';
const OTHER_ID = 'fb3720b2-6cf1-4931-b9a4-49f2f5c077d1';

const comparison = (overrides: Partial<Comparison> = {}): Comparison => ({
  expectedIds: new Map([[ID_OF_RECORDING, '<run>']]),
  actualIds: new Map([[ID_OF_REPLAY, '<run>']]),
  replacements: new Map([['{{base}}', 'http://127.0.0.1:1']]),
  isUnordered: false,
  varies: [],
  ...overrides,
});

const differences = (expected: string, actual: string, overrides?: Partial<Comparison>): number =>
  compareJson({ expected: parseJson(expected), actual: parseJson(actual) }, comparison(overrides))
    .length;

describe('a replayed answer differs when', () => {
  test.each([
    ['a value changed', '{"a":1}', '{"a":2}'],
    ['a type changed', '{"a":1}', '{"a":"1"}'],
    ['null became absent', '{"a":null}', '{}'],
    ['a key is new', '{}', '{"a":null}'],
    ['a list grew', '[1]', '[1,1]'],
    ['a list is in another order', '[1,2]', '[2,1]'],
    ['a saved id is another one', `"${ID_OF_RECORDING}"`, `"${OTHER_ID}"`],
    ['a digit beyond 2^53 is lost', '123456789012345678901', '123456789012345678902'],
    ['an instant became a plain text', '"2026-11-22T10:16:01.732748Z"', '"today"'],
    ['a given name is another one', '{"name":"run-1"}', '{"name":"run-2"}'],
  ])('%s', (_what, expected, actual) => {
    expect(differences(expected, actual)).toBeGreaterThan(0);
  });

  test('an item of an unordered list is another one', () => {
    expect(differences('[1,2]', '[2,3]', { isUnordered: true })).toBe(1);
  });
});

describe('a replayed answer is the same when', () => {
  test.each([
    ['a saved id is that of this replay', `"x ${ID_OF_RECORDING}"`, `"x ${ID_OF_REPLAY}"`],
    ['an id that was not saved is another one', `"${OTHER_ID}"`, `"${crypto.randomUUID()}"`],
    ['times differ', '"2026-11-22T10:16:01.732748Z"', '"2030-01-01T00:00:00Z"'],
    ['generated names differ', '"fancy-toad"', '"calm-otter"'],
    ['durations differ', '{"total_run_time":0.5}', '{"total_run_time":1.5}'],
    ['a set is in another order', '{"pause_keys":["a","b"]}', '{"pause_keys":["b","a"]}'],
    ['the server stands elsewhere', '"{{base}}/api"', '"http://127.0.0.1:1/api"'],
    ['a shipped text is any text', '"<text>"', '"something else"'],
  ])('%s', (_what, expected, actual) => {
    expect(differences(expected, actual)).toBe(0);
  });

  test('the recording says that a value varies', () => {
    expect(differences('{"a":{"b":1}}', '{"a":{"b":2}}', { varies: ['$.a.b'] })).toBe(0);
  });
});

test('request bodies keep the spelling of their numbers', () => {
  const body = '{"a": 1.0, "b": 123456789012345678901234567890, "c": 1e3}';
  expect(compactJson(body)).toBe('{"a":1.0,"b":123456789012345678901234567890,"c":1e3}');
});

test('variables are filled in, templates are left alone', () => {
  const variables = new Map([['flow', 'f1']]);
  expect(fillIn('{{flow}} {{ flow }} {{other}}', variables)).toBe('f1 {{ flow }} {{other}}');
  expect(unknownVariables('{{flow}} {{now+5}} {{other}}', variables)).toEqual(['other']);
  expect(valueAt(parseJson('{"a":[{"id":"x"}]}'), '$.a[0].id')).toBe('x');
});
