import { expect, test } from 'vitest';

import {
  UNKNOWN_CLIENT,
  isApiAtLeast,
  isClientAtLeast,
  isVersionAtLeast,
} from '#server/orchestration/client-info.ts';

test.each([
  ['3.4.10', false],
  ['3.4.11.dev5', false],
  ['3.4.11rc1', false],
  ['3.3.99', false],
  ['3.4.11', true],
  ['3.4.11.post1', true],
  ['3.4.12.dev1', true],
  ['3.10.0', true],
  ['4', true],
])('%s counts as 3.4.11 or later: %s', (version, expected) => {
  expect(isVersionAtLeast(version, '3.4.11')).toBe(expected);
});

test('a caller that says nothing speaks the newest API but is no known client', () => {
  expect(isApiAtLeast(UNKNOWN_CLIENT, '0.8.4')).toBe(true);
  expect(isClientAtLeast(UNKNOWN_CLIENT, '3.4.11')).toBe(false);
});
