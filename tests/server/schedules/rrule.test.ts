import { describe, expect, test } from 'vitest';

import { normalizeRRule } from '#server/schedules/rrule.ts';
import { parseSchedule } from '#server/schedules/wire.ts';

import { DEVIATIONS } from './deviations.ts';
import { datesOf, instant, outcomeOf, refused, vectors, type RecordedError } from './vectors.ts';

interface Outcome {
  readonly error?: RecordedError;
  readonly dates?: readonly string[] | 'not tried (endless)';
  readonly dates_error?: string;
}

interface DatesVector extends Outcome {
  readonly rrule: string;
  readonly timezone: string;
  readonly start: string;
  readonly n: number;
}

interface RefusalVector extends Outcome {
  readonly rrule: string;
  readonly on_python_3_13?: Outcome;
}

interface NormalizeVector {
  readonly rrule: string;
  readonly timezone: string | null;
  readonly now: string;
  readonly normalized: string;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** The table leaves out most of its one long rule: a date every four minutes. */
const longRule = (): string => {
  const dates = Array.from({ length: 560 }, (_, index) => {
    const minutes = index * 4;
    const day = twoDigits(1 + Math.floor(minutes / 1440));
    return `202601${day}T${twoDigits(Math.floor(minutes / 60) % 24)}${twoDigits(minutes % 60)}00`;
  });
  return `RDATE:${dates.join(',')}`;
};

const wantedOf = ({ error, dates, dates_error: datesError }: Outcome): unknown => {
  if (error !== undefined) return refused(error);
  if (datesError !== undefined) return refused(datesError);
  // The real server searches for ever here; ours says that there are none.
  return Array.isArray(dates) ? dates : [];
};

describe('a recurrence rule is taken or refused as by the real server', () => {
  for (const [index, vector] of vectors<RefusalVector>('rrule_rejected').entries()) {
    test(`${index + 1}: ${JSON.stringify(vector.rrule)}`, () => {
      const rrule = vector.rrule.startsWith('<') ? longRule() : vector.rrule;
      const known = DEVIATIONS[rrule];
      const wanted =
        known === undefined ? (vector.on_python_3_13 ?? vector) : { error: known.gives };
      const n = Array.isArray(wanted.dates) ? wanted.dates.length || 2 : 2;
      const asked = { start: '2026-01-01T00:00:00Z', n };
      expect(outcomeOf(() => datesOf(parseSchedule({ rrule }), asked))).toEqual(wantedOf(wanted));
    });
  }
});

describe('the dates of a recurrence rule are those of the real server', () => {
  for (const [index, vector] of vectors<DatesVector>('rrule').entries()) {
    const { rrule, timezone } = vector;
    test(`${index + 1}: ${JSON.stringify(rrule)} in ${timezone}`, () => {
      expect(outcomeOf(() => datesOf(parseSchedule({ rrule, timezone }), vector))).toEqual(
        wantedOf(vector),
      );
    });
  }
});

describe('a recurrence rule gets its start when it is stored, as from the real server', () => {
  for (const [index, { rrule, timezone, now, normalized }] of vectors<NormalizeVector>(
    'rrule_normalize',
  ).entries()) {
    test(`${index + 1}: ${JSON.stringify(rrule)} in ${timezone ?? 'no zone'}`, () => {
      expect(normalizeRRule(rrule, timezone, instant(now))).toBe(normalized);
    });
  }
});

describe('a rule that never comes to a date is given up soon', () => {
  const start = '2026-01-01T00:00:00Z';
  const hopeless: Readonly<Record<string, string>> = {
    'parts that never meet': 'FREQ=SECONDLY;BYSETPOS=2',
    'a position that no day has': 'FREQ=DAILY;BYSETPOS=4',
    'a day that no month has': 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'a set that excludes all it adds':
      'DTSTART:20260101T000000\nRRULE:FREQ=MINUTELY\nEXRULE:FREQ=MINUTELY',
    'a set that excludes by seconds':
      'DTSTART:20260101T000000\nRRULE:FREQ=DAILY\nEXRULE:FREQ=SECONDLY',
  };
  test.each(Object.entries(hopeless))('%s', (_name, rrule) => {
    expect(datesOf(parseSchedule({ rrule }), { start, n: 3 })).toEqual([]);
  });

  test('rare dates are found all the same', () => {
    const rrule =
      'DTSTART:20260101T090000\nRRULE:FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU;BYHOUR=9;BYMINUTE=0';
    expect(datesOf(parseSchedule({ rrule }), { start, n: 2 })).toEqual([
      '2032-02-29T09:00:00+00:00',
      '2060-02-29T09:00:00+00:00',
    ]);
  });

  test('a frequent exclusion leaves the other dates', () => {
    const rrule =
      'DTSTART:20260101T000000\nRRULE:FREQ=DAILY\nEXRULE:FREQ=SECONDLY;BYDAY=FR;BYHOUR=0;BYMINUTE=0';
    expect(datesOf(parseSchedule({ rrule }), { start, n: 2 })).toEqual([
      '2026-01-01T00:00:00+00:00',
      '2026-01-03T00:00:00+00:00',
    ]);
  });
});

describe('the last week of a year is numbered as by the real server', () => {
  test('where the year before began late in a week', () => {
    const rrule = 'DTSTART:20250615T101530\nRRULE:FREQ=MONTHLY;BYWEEKNO=53';
    const dates = datesOf(parseSchedule({ rrule }), { start: '2037-12-30T00:00:00Z', n: 7 });
    expect(dates.map((date) => date.slice(0, 10))).toEqual([
      '2037-12-30',
      '2037-12-31',
      '2038-01-01',
      '2038-01-02',
      '2038-01-03',
      '2039-01-01',
      '2039-01-02',
    ]);
  });
});

test('a date without a time has no zone', () => {
  const rrule = 'DTSTART:20260405Z\nRRULE:FREQ=DAILY';
  expect(outcomeOf(() => parseSchedule({ rrule }))).toEqual({
    refused: `Invalid RRule string "${rrule}": Unknown string format: 20260405Z`,
  });
});
