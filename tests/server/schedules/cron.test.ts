import { describe, expect, test } from 'vitest';

import { parseSchedule, scheduleToWire } from '#server/schedules/wire.ts';

import { datesOf, outcomeOf, refused, vectors, type RecordedError } from './vectors.ts';

interface CronVector {
  readonly cron: string;
  readonly timezone?: string | null;
  readonly day_or?: boolean;
  readonly start: string;
  readonly n: number | null;
  readonly end?: string | null;
  readonly dates?: readonly string[];
  readonly error?: RecordedError;
  readonly count?: number;
  readonly first?: string;
  readonly last?: string;
}

interface RefusalVector {
  readonly cron: string;
  readonly timezone?: string | null;
  readonly error?: RecordedError;
  readonly dates?: readonly string[] | 'random';
  readonly dates_error?: string;
}

const wireOf = (
  vector: RefusalVector & { readonly day_or?: boolean },
): Record<string, unknown> => ({
  cron: vector.cron,
  ...(vector.timezone !== undefined && { timezone: vector.timezone }),
  ...(vector.day_or !== undefined && { day_or: vector.day_or }),
});

const nameOf = (vector: { readonly cron: string; readonly timezone?: string | null }): string =>
  `${JSON.stringify(vector.cron)} in ${vector.timezone ?? 'no zone'}`;

/** Some lines tell only how many dates there are, and the first and last one. */
const summaryOf = (dates: readonly string[]): Pick<CronVector, 'count' | 'first' | 'last'> => ({
  count: dates.length,
  ...(dates[0] !== undefined && { first: dates[0] }),
  ...(dates.at(-1) !== undefined && { last: dates.at(-1) ?? '' }),
});

describe('a cron expression is taken or refused as by the real server', () => {
  for (const [index, vector] of vectors<RefusalVector>('cron_rejected').entries()) {
    test(`${index + 1}: ${nameOf(vector)}`, () => {
      const shown = { timezone: null, day_or: true, ...wireOf(vector) };
      const outcome = outcomeOf(() => scheduleToWire(parseSchedule(wireOf(vector))));
      expect(outcome).toEqual(vector.error === undefined ? shown : refused(vector.error));
    });
  }
});

describe('the dates of a cron expression in doubt are those of the real server', () => {
  for (const [index, vector] of vectors<RefusalVector>('cron_rejected').entries()) {
    const { dates, dates_error: datesError } = vector;
    if (dates === undefined && datesError === undefined) continue;
    test(`${index + 1}: ${nameOf(vector)}`, () => {
      const n = Array.isArray(dates) ? dates.length : 1;
      const found = outcomeOf(() =>
        datesOf(parseSchedule(wireOf(vector)), { start: '2026-01-01T00:00:00Z', n }),
      );
      // The real server draws a minute from 1 to 3; ours takes the first.
      const settled = dates === 'random' ? ['2026-01-01T00:01:00+00:00'] : dates;
      expect(found).toEqual(datesError === undefined ? settled : refused(datesError));
    });
  }
});

describe.each(['cron', 'cron_dst'])(
  'the dates of a cron schedule are those of the real server: %s',
  (file) => {
    for (const [index, vector] of vectors<CronVector>(file).entries()) {
      test(`${index + 1}: ${nameOf(vector)} from ${vector.start}`, () => {
        const { error, dates, count, first, last } = vector;
        const outcome = outcomeOf(() => {
          const found = datesOf(parseSchedule(wireOf(vector)), vector);
          return count === undefined ? found : summaryOf(found);
        });
        expect(outcome).toEqual(
          error === undefined ? (dates ?? { count, first, last }) : refused(error),
        );
      });
    }
  },
);
