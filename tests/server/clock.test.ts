import { afterEach, expect, test, vi } from 'vitest';

import { nowMicros } from '#server/time.ts';

const DAY_MILLIS = 86_400_000;

const secondsOff = (): number => Math.abs(nowMicros() / 1000 - Date.now()) / 1000;

afterEach(() => vi.useRealTimers());

test('a clock that goes back a little does not take time with it', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const before = nowMicros();
  vi.setSystemTime(Date.now() - 2000);
  expect(nowMicros()).toBeGreaterThan(before);
});

test('a clock that was wrong by a day is followed back', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const start = Date.now();
  vi.setSystemTime(start + DAY_MILLIS);
  expect(secondsOff()).toBeLessThan(1);
  vi.setSystemTime(start);
  expect(secondsOff()).toBeLessThan(1);
  expect(secondsOff()).toBeLessThan(1);
});
