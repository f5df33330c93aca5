import { expect, test } from 'vitest';

import {
  followedFilter,
  formatRunSearch,
  matchesState,
  nextSort,
  parseRunSearch,
  rangeSpan,
  runFilter,
  runOrder,
} from '../../web/src/lib/flow-runs/run-search.ts';

const noon = Date.parse('2026-03-01T12:00:30Z');

const search = (address: string) => parseRunSearch(new URLSearchParams(address));

test('an unknown sort falls back to the newest start first', () => {
  expect(runOrder(search('sort=NONSENSE.UP'))).toEqual({ field: 'START_TIME', direction: 'DESC' });
});

test('an empty address asks for the past week', () => {
  expect(runFilter(search(''), noon)).toEqual({
    expectedStartTime: { after: '2026-02-22T12:00:00.000Z', before: '2026-03-01T12:01:00.000Z' },
  });
});

test('the same question is asked until the minute has passed', () => {
  expect(rangeSpan('1h', noon)).toEqual(rangeSpan('1h', noon + 29_000));
});

test('all time is not bounded at its start, upcoming not at its end', () => {
  expect(rangeSpan('all', noon).after).toBeNull();
  expect(rangeSpan('upcoming', noon).before).toBeNull();
});

test('a range of two instants is taken as it stands', () => {
  const span = { after: '2026-01-01T00:00:00Z', before: '2026-01-02T00:00:00Z' };
  expect(rangeSpan('2026-01-01T00:00:00Z..2026-01-02T00:00:00Z', noon)).toEqual(span);
});

test('every filter survives the way through the address', () => {
  const wanted = search(
    'state=FAILED&state=Late&flow=a&flow=b&deployment=a%2Fnightly&pool=p&tag=x%26y&q=od+d&range=24h&sort=NAME.ASC&after=c',
  );

  expect(search(formatRunSearch(wanted))).toEqual(wanted);
});

test('state types and state names are either-or', () => {
  expect(runFilter(search('state=FAILED&state=Late&range=all'), noon).and).toEqual([
    { or: [{ state: { type: { in: ['FAILED'] } } }, { state: { name: { in: ['Late'] } } }] },
  ]);
});

test('a deployment is found by the names of its flow and of itself', () => {
  expect(followedFilter(search('deployment=etl%2Fprod%2Fnight')).or).toEqual([
    { flow: { name: { in: ['etl'] } }, deployment: { name: { in: ['prod/night'] } } },
  ]);
});

test('what a list follows knows neither state nor time', () => {
  expect(followedFilter(search('state=FAILED&range=1h'))).toEqual({});
});

test('a run belongs into the list by the type or by the name of its state', () => {
  const late = { type: 'SCHEDULED', name: 'Late' };
  expect(matchesState(search(''), late)).toBe(true);
  expect(matchesState(search('state=Late'), late)).toBe(true);
  expect(matchesState(search('state=SCHEDULED'), late)).toBe(true);
  expect(matchesState(search('state=FAILED'), late)).toBe(false);
});

test('a second click on a column turns its order round', () => {
  expect(nextSort(search('sort=NAME.DESC'), 'NAME')).toBe('NAME.ASC');
  expect(nextSort(search('sort=NAME.ASC'), 'NAME')).toBe('NAME.DESC');
  expect(nextSort(search(''), 'NAME')).toBe('NAME.DESC');
});
