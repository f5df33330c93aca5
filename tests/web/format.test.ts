import { expect, test } from 'vitest';

import {
  formatAmount,
  formatCount,
  formatDuration,
  formatRelative,
} from '../../web/src/lib/time/format.ts';

test.for([
  [0, '0 s'],
  [0.42, '420 ms'],
  [3.21, '3.2 s'],
  [59.4, '59 s'],
  [245, '4m 05s'],
  [8000, '2h 13m'],
  [280_000, '3d 5h'],
] as const)('%d seconds are shown as %s', ([seconds, text]) => {
  expect(formatDuration(seconds)).toBe(text);
});

test('an instant within five seconds is just now, before or after', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  expect(formatRelative('2026-03-01T11:59:56Z', now)).toBe('just now');
  expect(formatRelative('2026-03-01T12:00:04Z', now)).toBe('just now');
});

test('an instant counts in the largest unit that fits', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  expect(formatRelative('2026-03-01T11:57:10Z', now)).toMatch(/^2 min/);
  expect(formatRelative('2026-03-01T14:00:00Z', now)).toMatch(/^in 2 h/);
  expect(formatRelative('2026-02-20T12:00:00Z', now)).toMatch(/^9 days/);
});

test('a total that reached the cap says that there may be more', () => {
  expect(formatCount(9999)).toBe('9,999');
  expect(formatCount(10_000)).toBe('10,000+');
});

test.for([
  [0, '0 runs'],
  [1, '1 run'],
  [1204, '1,204 runs'],
] as const)('an amount of %d reads %s', ([count, text]) => {
  expect(formatAmount(count, 'run').replaceAll(/[.\u202F\u00A0]/gu, ',')).toBe(text);
});
