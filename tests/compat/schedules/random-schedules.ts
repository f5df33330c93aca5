import fc from 'fast-check';

import type { JsonObject } from '#server/json.ts';

/** A schedule as REST takes it, and the window of its dates that is asked for. */
export interface AskedSchedule {
  readonly schedule: JsonObject;
  readonly start: string;
  readonly end: string | null;
  readonly n: number;
}

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/Santiago',
  'Pacific/Chatham',
  'America/St_Johns',
  'Asia/Tehran',
  'Pacific/Apia',
  'America/Sao_Paulo',
] as const;

/** Instants right before changes of clocks, for starts that matter. */
const CHANGES = [
  '2026-03-29T00:40:00Z',
  '2026-10-25T00:10:00Z',
  '2026-03-08T06:30:00Z',
  '2026-11-01T05:15:00Z',
  '2026-04-04T14:20:00Z',
  '2026-10-03T15:10:00Z',
  '2026-04-05T02:30:00Z',
  '2026-09-06T03:30:00Z',
] as const;

const oneOf = <T>(...weighted: readonly (readonly [number, fc.Arbitrary<T>])[]): fc.Arbitrary<T> =>
  fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })));

const text = (...values: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...values);

const list = (item: fc.Arbitrary<string>, maxLength = 3): fc.Arbitrary<string> =>
  fc.array(item, { minLength: 1, maxLength }).map((items) => items.join(','));

const number = (min: number, max: number): fc.Arbitrary<string> =>
  fc.integer({ min, max }).map(String);

interface CronRange {
  readonly min: number;
  readonly max: number;
  readonly words?: readonly string[];
  readonly special?: readonly string[];
}

const cronField = ({ min, max, words = [], special = [] }: CronRange): fc.Arbitrary<string> => {
  const value =
    words.length === 0 ? number(min, max) : oneOf([3, number(min, max)], [1, text(...words)]);
  const range = fc.tuple(value, value).map(([from, to]) => `${from}-${to}`);
  const step = fc.tuple(oneOf([2, fc.constant('*')], [2, range], [1, value]), number(1, max + 1));
  const item = oneOf(
    [6, value],
    [3, range],
    [3, step.map(([from, by]) => `${from}/${by}`)],
    [special.length === 0 ? 0 : 2, text('*', ...special)],
    [1, number(max + 1, max + 3)],
  );
  return oneOf([5, fc.constant('*')], [1, fc.constant('?')], [8, list(item)]);
};

const MONTHS = ['jan', 'FEB', 'Mar', 'sep', 'dec'] as const;
const WEEKDAYS = ['mon', 'SUN', 'Fri', 'sat', 'wed'] as const;

const cronFields = [
  cronField({ min: 0, max: 59 }),
  cronField({ min: 0, max: 23 }),
  cronField({ min: 1, max: 31, special: ['L', 'l'] }),
  cronField({ min: 1, max: 12, words: MONTHS }),
  cronField({
    min: 0,
    max: 7,
    words: WEEKDAYS,
    special: ['L5', 'l0', '3#2', 'mon#1', '5#5', '1#L'],
  }),
  cronField({ min: 0, max: 59 }),
  cronField({ min: 2026, max: 2031 }),
] as const;

const cronText = oneOf(
  [24, fc.tuple(...cronFields.slice(0, 5)).map((fields) => fields.join(' '))],
  [6, fc.tuple(...cronFields.slice(0, 6)).map((fields) => fields.join(' '))],
  [3, fc.tuple(...cronFields).map((fields) => fields.join(' '))],
  [
    3,
    text(
      '@daily',
      '@hourly',
      '@Weekly',
      '@monthly',
      '@yearly',
      '@annually',
      '@midnight',
      '@reboot',
      '@every 5m',
    ),
  ],
  [
    2,
    text(
      'H * * * *',
      'R 2 * * *',
      'h/5 * * * *',
      'R(1-3) * * * *',
      'H(0-9) * * * *',
      '* * R * *',
      'junk',
      '* * * *',
      '60 * * * *',
      '*/0 * * * *',
      '5-1 * * * *',
      '0 0 W * *',
      '0 0 LW * *',
      '0 0 15W * *',
      '1,,2 * * * *',
      ' 0  0 * * * ',
      '-1 * * * *',
      '0 0 * * 8',
    ),
  ],
);

const zone = oneOf<string | null>(
  [12, fc.constantFrom(...ZONES)],
  [1, fc.constantFrom('', 'Nowhere/Land', 'EST5EDT', 'utc', 'Etc/GMT+5')],
  [1, fc.constant(null)],
);

const optional = (key: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  oneOf([5, fc.constant('')], [2, value.map((given) => `;${key}=${given}`)]);

const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
const stamp = text(
  '20260101T000000',
  '20260329T013000',
  '20250615T101530',
  '20260308T023000',
  '20261025T023000',
  '20260405',
  '20191231T235959',
);
const until = oneOf(
  [3, text('20260601T000000', '20271231', '20261101T013000')],
  [1, text('20260601T000000Z', 'junk')],
);

const rruleLine = fc
  .tuple(
    text('YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'MINUTELY', 'SECONDLY'),
    optional('INTERVAL', number(1, 7)),
    oneOf(
      [4, fc.constant('')],
      [1, number(1, 40).map((count) => `;COUNT=${count}`)],
      [1, until.map((end) => `;UNTIL=${end}`)],
    ),
    optional('WKST', text(...DAYS)),
    optional('BYMONTH', list(number(1, 12))),
    optional('BYMONTHDAY', list(oneOf([4, number(1, 31)], [1, number(-31, -1)]))),
    optional(
      'BYDAY',
      list(
        oneOf(
          [4, text(...DAYS)],
          [
            1,
            fc.tuple(text('1', '+2', '-1', '5'), text(...DAYS)).map(([nth, day]) => `${nth}${day}`),
          ],
        ),
      ),
    ),
    optional('BYHOUR', list(number(0, 23))),
    optional('BYMINUTE', list(number(0, 59))),
    fc.tuple(
      oneOf([6, fc.constant('')], [1, list(number(0, 59)).map((given) => `;BYSECOND=${given}`)]),
      oneOf(
        [9, fc.constant('')],
        [
          1,
          list(oneOf([2, number(1, 4)], [1, number(-3, -1)])).map((given) => `;BYSETPOS=${given}`),
        ],
      ),
      oneOf(
        [12, fc.constant('')],
        [
          1,
          list(oneOf([2, number(1, 53)], [1, number(-3, -1)])).map((given) => `;BYWEEKNO=${given}`),
        ],
      ),
      oneOf(
        [12, fc.constant('')],
        [
          1,
          list(oneOf([2, number(1, 366)], [1, number(-9, -1)])).map(
            (given) => `;BYYEARDAY=${given}`,
          ),
        ],
      ),
      oneOf(
        [20, fc.constant('')],
        [1, text(';BYEASTER=0', ';BYEASTER=-2', ';X=1', ';BYMONTH=13', ';COUNT=0', ';INTERVAL=0')],
      ),
    ),
  )
  .map(([freq, ...parts]) => `FREQ=${freq}${parts.flat().join('')}`);

const dateLine = list(oneOf([5, stamp], [1, text('20260601T000000Z')]), 4);

const rruleText = oneOf(
  [6, rruleLine],
  [
    6,
    fc
      .tuple(oneOf([5, stamp], [1, stamp.map((at) => `${at}Z`)]), rruleLine)
      .map(([at, rule]) => `DTSTART:${at}\n${rule.startsWith('F') ? `RRULE:${rule}` : rule}`),
  ],
  [
    4,
    fc
      .tuple(
        stamp,
        fc.array(
          rruleLine.map((rule) => `RRULE:${rule}`),
          { minLength: 1, maxLength: 2 },
        ),
        fc.array(
          oneOf(
            [2, rruleLine.map((rule) => `EXRULE:${rule}`)],
            [2, dateLine.map((dates) => `EXDATE:${dates}`)],
            [2, dateLine.map((dates) => `RDATE:${dates}`)],
          ),
          { minLength: 1, maxLength: 3 },
        ),
      )
      .map(([at, rules, rest]) => [`DTSTART:${at}`, ...rules, ...rest].join('\n')),
  ],
);

const seconds = oneOf<number | string>(
  [
    4,
    fc.constantFrom(
      60,
      90,
      900,
      3600,
      5400,
      7200,
      86_400,
      90_000,
      129_600,
      172_800,
      604_800,
      0.5,
      12.25,
    ),
  ],
  [3, fc.integer({ min: 1, max: 1_000_000 })],
  [2, fc.integer({ min: 1, max: 40 }).map((days) => days * 86_400)],
  [
    1,
    fc.constantFrom<number | string>(
      'PT5M',
      'P1D',
      '01:30:00',
      '1 day, 02:00:00',
      0,
      -5,
      'junk',
      'P1M',
    ),
  ],
);

const anchor = oneOf(
  [
    4,
    text(
      '2026-01-01T00:00:00Z',
      '2020-01-01T00:00:00Z',
      '2026-03-01T02:30:00+01:00',
      '2025-06-01T01:15:30.250000-04:00',
      '2027-01-01T02:30:00+00:00',
      '2026-03-28T02:30:00+01:00',
    ),
  ],
  [
    1,
    fc
      .date({ min: new Date('2024-01-01'), max: new Date('2027-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString()),
  ],
  [1, text('2026-02-30', 'junk', '2026-01-01', '2026-01-01 05:00:00')],
);

const schedule: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record({ cron: cronText, timezone: zone, day_or: fc.boolean() }),
  fc.record({ rrule: rruleText, timezone: zone }),
  fc.record({ interval: seconds, anchor_date: anchor, timezone: zone }),
);

const start = oneOf(
  [3, text(...CHANGES)],
  [
    3,
    fc
      .date({ min: new Date('2025-01-01'), max: new Date('2028-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString()),
  ],
  [1, text('2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000001Z')],
);

/** Schedules of all kinds, most of them well-formed, many of their windows around changes of clocks. */
export const askedSchedules: fc.Arbitrary<AskedSchedule> = fc
  .record({
    schedule,
    start,
    days: oneOf<number | null>([5, fc.constant(null)], [1, fc.constantFrom(1, 30, 400)]),
    n: fc.constantFrom(1, 5, 12, 30),
  })
  .map(({ days, ...asked }) => ({
    ...asked,
    end: days === null ? null : new Date(Date.parse(asked.start) + days * 86_400_000).toISOString(),
  }));
