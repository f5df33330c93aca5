import { describe, expect, test } from 'vitest';

import { readDurationNumber, readDurationText } from '#server/duration.ts';

const NO_DAY = '"day" identifier in duration not correctly formatted';
const NO_DATE_UNIT = 'quantity invalid in date part of duration';
const NO_TIME_UNIT = 'quantity invalid in time part of duration';
const TOO_MANY_DAYS = 'durations may not exceed 999,999,999 days';

describe('a text that is no duration is refused in the words of the real server', () => {
  test.each([
    ['', 'input is too short'],
    ['-', 'input is too short'],
    ['PT', 'input is too short'],
    ['1 day, 1', 'input is too short'],
    ['x', 'invalid digit in duration'],
    ['p1d', 'invalid digit in duration'],
    ['P1D ', 'invalid digit in duration'],
    ['--5', 'invalid digit in duration'],
    ['5', NO_DAY],
    ['0.5', NO_DAY],
    ['1:02', NO_DAY],
    ['1.5 days', NO_DAY],
    ['2da', NO_DAY],
    ['12 parsecs', 'invalid character in hour'],
    ['éééé', 'invalid character in hour'],
    ['1 day,  00:01:00', 'invalid character in hour'],
    ['1:2:3', 'invalid character in minute'],
    [':s:20', 'invalid character in minute'],
    ['00:60', 'minute value is outside expected range of 0-59'],
    ['00:00:5', 'invalid character in second'],
    ['00:00:60', 'second value is outside expected range of 0-59'],
    ['00:00:05.', 'second fraction digits missing after `.`'],
    ['00:00+01:00', 'unexpected extra characters at the end of the input'],
    ['2:30 PM', 'unexpected extra characters at the end of the input'],
    ['1 days 25:00:00', 'durations may not exceed 999,999,999 hours'],
    ['1000000000 days', TOO_MANY_DAYS],
    ['P1000000000D', TOO_MANY_DAYS],
    ['P1', NO_DATE_UNIT],
    ['P1H', NO_DATE_UNIT],
    ['P1d', NO_DATE_UNIT],
    ['PT1D', NO_TIME_UNIT],
    ['P1DT1', NO_TIME_UNIT],
    ['PT5ST', '`t` character repeated in duration'],
    ['P0.5DT1H', 'quantity fraction invalid in duration'],
  ])('%j', (text, problem) => {
    expect(readDurationText(text)).toEqual({ problem });
  });

  test('and so is a number beyond all bounds', () => {
    expect(readDurationNumber(1e15)).toEqual({ problem: TOO_MANY_DAYS });
    expect(readDurationNumber(NaN)).toEqual({ problem: TOO_MANY_DAYS });
  });
});

describe('a duration is read in seconds', () => {
  test.each([
    ['1d', 86_400],
    ['1 dAYS', 86_400],
    ['+1 day,', 86_400],
    ['-1 day, 00:00:01', -86_401],
    ['1day 00:00', 86_400],
    ['999999999 days', 86_399_999_913_600],
    ['01:02', 3720],
    ['123:00:00', 442_800],
    ['00:00:05.1234567', 5.123456],
    ['00:00:00,5', 0.5],
    ['P1Y1M1W1DT1H1M1S', 34_822_861],
    ['P1M1Y', 34_128_000],
    ['P1D1D', 172_800],
    ['P1.5DT', 129_600],
    ['PT1,5S', 1.5],
    ['PT1.S', 1],
    ['PT1.1234567S', 1.123457],
    ['-P1D', -86_400],
    ['P0D', 0],
  ])('%j', (text, seconds) => {
    expect(readDurationText(text)).toEqual({ seconds });
  });
});
