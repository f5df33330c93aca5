import { expect, test } from 'vitest';

import { toErrorItems } from '#server/api/wire/pydantic/error-items.ts';
import { plainDatetime } from '#server/api/wire/pydantic/plain-datetime.ts';
import { formatInstant } from '#server/time.ts';

const EXTRA = 'unexpected extra characters at the end of the input';
const SHORT = 'input is too short';
const NO_DAY = 'day value is outside expected range';
const NO_DASH = 'invalid date separator, expected `-`';

/** What pydantic says of texts and numbers that are to be a `datetime`. */
test.each([
  ['now', SHORT],
  ['', SHORT],
  ['2020-1-1', SHORT],
  ['nan', SHORT],
  ['2020-02-30', NO_DAY],
  ['2020-02-30T00:00:00Z', NO_DAY],
  ['2020-13-01', 'month value is outside expected range of 1-12'],
  ['  2020-01-01T00:00:00', 'invalid character in year'],
  ['2020-W01-1', 'invalid character in month'],
  ['2020-01-ab', 'invalid character in day'],
  ['2020/01/01', NO_DASH],
  ['99999999999999999999', NO_DASH],
  ['2020-01-01T10', EXTRA],
  ['2020-01-01T24:00:00', EXTRA],
  ['2020-01-01T10:00:00+25:00', EXTRA],
  ['2020-01-01T10:00:00 +02:00', EXTRA],
  ['2020-01-01T10:00:00.', EXTRA],
])('%s is refused', (given, error) => {
  const result = plainDatetime.safeParse(given);
  expect(result.success ? [] : toErrorItems(result.error, { root: given, loc: [] })).toEqual([
    {
      type: 'datetime_from_date_parsing',
      loc: [],
      msg: `Input should be a valid datetime or date, ${error}`,
      input: given,
      ctx: { error },
    },
  ]);
});

test.each([true, [], {}, 1e20])('%s is refused', (given) => {
  expect(plainDatetime.safeParse(given).success).toBe(false);
});

test.each([
  ['2020-01-01', '2020-01-01T00:00:00Z'],
  ['2020-01-01T10:00', '2020-01-01T10:00:00Z'],
  ['2020-01-01_10:00:00,123', '2020-01-01T10:00:00.123000Z'],
  ['2020-01-01T10:00:00.1234567+0200', '2020-01-01T08:00:00.123456Z'],
  ['2020-01-01t10:00:00z', '2020-01-01T10:00:00Z'],
  ['1577836800.5', '2020-01-01T00:00:00.500000Z'],
  ['1577836800000', '2020-01-01T00:00:00Z'],
  ['20200101', '1970-08-22T19:08:21Z'],
  [-1, '1969-12-31T23:59:59Z'],
])('%s is %s', (given, instant) => {
  expect(formatInstant(plainDatetime.parse(given))).toBe(instant);
});
