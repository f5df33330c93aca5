import { describe, expect, test } from 'vitest';

import { parseSchedule, scheduleToWire } from '#server/schedules/wire.ts';

import { datesOf, outcomeOf, refused, vectors, type RecordedError } from './vectors.ts';

interface DatesVector {
  readonly interval: number;
  readonly anchor_date: string;
  readonly timezone: string;
  readonly start: string;
  readonly n: number;
  readonly dates: readonly string[];
  readonly on_python_3_13?: { readonly dates?: readonly string[] };
}

interface InputVector {
  readonly input: Readonly<Record<string, unknown>>;
  readonly error?: RecordedError;
  readonly interval?: number;
  readonly timezone?: string;
  readonly anchor_date?: string;
  readonly dates?: readonly string[] | null;
}

const lines = vectors<DatesVector | InputVector>('interval');

const inOrder = (dates: readonly string[]): string[] =>
  dates.toSorted((a, b) => Date.parse(a) - Date.parse(b));

describe('the dates of an interval schedule are those of the real server', () => {
  for (const [index, vector] of lines.entries()) {
    if ('input' in vector) continue;
    const { interval, anchor_date: anchor, timezone, start } = vector;
    test(`${index + 1}: every ${interval} s since ${anchor} in ${timezone} from ${start}`, () => {
      const schedule = parseSchedule({ interval, anchor_date: anchor, timezone });
      expect(datesOf(schedule, vector)).toEqual(
        inOrder(vector.on_python_3_13?.dates ?? vector.dates),
      );
    });
  }
});

const isInput = (line: DatesVector | InputVector): line is InputVector => 'input' in line;

const withAnchor = (anchor: string | undefined): Record<string, unknown> =>
  anchor === undefined ? {} : { anchor_date: anchor.replace('+00:00', 'Z') };

describe('an interval schedule is taken or refused as by the real server', () => {
  for (const [index, vector] of lines.entries()) {
    if (!isInput(vector)) continue;
    const { input, error, interval, timezone, anchor_date: anchor } = vector;
    test(`${index + 1}: ${JSON.stringify(input)}`, () => {
      const shown = { interval, timezone, ...withAnchor(anchor) };
      const outcome = outcomeOf(() => scheduleToWire(parseSchedule(input)));
      expect(outcome).toMatchObject(error === undefined ? shown : refused(error));
    });
  }
});

describe('the dates of an interval schedule in doubt are those of the real server', () => {
  for (const [index, vector] of lines.entries()) {
    if (!isInput(vector) || !vector.dates) continue;
    const { input, dates } = vector;
    test(`${index + 1}: ${JSON.stringify(input)}`, () => {
      expect(
        datesOf(parseSchedule(input), { start: '2026-06-01T00:00:00Z', n: dates.length }),
      ).toEqual(dates);
    });
  }
});
