import { expect, test } from 'vitest';

import { clampedPoissonSeconds } from '#server/orchestration/poisson.ts';

test('there is nothing to wait where the average is nothing', () => {
  expect(clampedPoissonSeconds(0)).toBe(0);
  expect(clampedPoissonSeconds(-1)).toBe(0);
});

test('waits lie around their average, within bounds', () => {
  const waits = Array.from({ length: 4000 }, () => clampedPoissonSeconds(10, 0.3));
  const average = waits.reduce((sum, seconds) => sum + seconds, 0) / waits.length;
  expect(Math.max(...waits)).toBeLessThanOrEqual(13.000001);
  expect(Math.min(...waits)).toBeGreaterThan(5);
  expect(average).toBeGreaterThan(8.5);
  expect(average).toBeLessThan(10.5);
});
