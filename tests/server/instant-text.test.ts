import { expect, test } from 'vitest';

import { readInstantText } from '#server/instant-text.ts';
import { formatInstant, nowMicros } from '#server/time.ts';

test.each(['', ' 5', '1e3', '2020-1-1', '2020-13', '2020-000', '2019-366', '2020-01-01 10:00 UTC'])(
  '"%s" is no instant',
  (text) => {
    expect(readInstantText(text)).toBeNull();
  },
);

test.each([
  ['5', '1970-01-01T00:00:05Z'],
  ['-5', '1969-12-31T23:59:55Z'],
  ['5.5', '1970-01-01T00:00:05.500000Z'],
  // Digits alone are seconds, and milliseconds where there are too many of them.
  ['20200101', '1970-08-22T19:08:21Z'],
  ['1577836800000', '2020-01-01T00:00:00Z'],
  ['2020-01', '2020-01-01T00:00:00Z'],
  ['2020-366', '2020-12-31T00:00:00Z'],
  ['2020-W10', '2020-03-02T00:00:00Z'],
  ['20200101T1000', '2020-01-01T10:00:00Z'],
  ['2020-01-01T00:00:00+05:00', '2019-12-31T19:00:00Z'],
])('"%s" is %s', (text, instant) => {
  const read = readInstantText(text);
  expect(read === null ? null : formatInstant(read)).toBe(instant);
});

test.each([
  ['12:30', '12:30:00Z'],
  ['T10', '10:00:00Z'],
])('"%s" is at %s today', (text, time) => {
  const read = readInstantText(text);
  const today = formatInstant(nowMicros()).slice(0, 10);
  expect(read === null ? null : formatInstant(read)).toBe(`${today}T${time}`);
});
