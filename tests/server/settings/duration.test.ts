import { describe, expect, test } from 'vitest';

import { formatDuration, parseDurationSeconds } from '#server/settings/duration.ts';

describe('parseDurationSeconds', () => {
  test.each(['', 'soon', 'P', 'PT', '1:30', '12 parsecs', 'PT1X'])('%j is no duration', (text) => {
    expect(parseDurationSeconds(text)).toBeNull();
  });

  test.each([
    ['15', 15],
    [' 15.5 ', 15.5],
    ['1e3', 1000],
    ['-5', -5],
    ['PT15S', 15],
    ['P1DT2H', 93_600],
    ['-PT1S', -1],
    ['P1W', 604_800],
    ['PT0.25S', 0.25],
    ['00:01:30', 90],
    ['1 day, 02:00:00', 93_600],
    ['2 days', 172_800],
    ['1d', 86_400],
  ])('%j is %d seconds', (text, seconds) => {
    expect(parseDurationSeconds(text)).toBe(seconds);
  });
});

test.each([
  [0, 'PT0S'],
  [0.25, 'PT0.25S'],
  [90, 'PT1M30S'],
  [3600, 'PT1H'],
  [93_600, 'P1DT2H'],
  [604_800, 'P7D'],
  [-1, '-PT1S'],
])('%d seconds are written as %j', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
