/** Seconds of a duration, or what is wrong with it in the words of the real server. */
export type DurationReading = { readonly seconds: number } | { readonly problem: string };

const MAX_SECONDS = 999_999_999 * 86_400;
const SHORTEST_CLOCK_BYTES = 5;

// A year is 365 days and a month 30, as there is no calendar in a number of seconds.
const DATE_UNITS: Readonly<Record<string, number>> = {
  Y: 31_536_000,
  M: 2_592_000,
  W: 604_800,
  D: 86_400,
};
const TIME_UNITS: Readonly<Record<string, number>> = { H: 3600, M: 60, S: 1 };

const TOO_SHORT = { problem: 'input is too short' };
const NO_DIGIT = { problem: 'invalid digit in duration' };

/** What stands after the `P`: amounts with their units in any order, those of times after a `T`. */
const readIso = (text: string): DurationReading => {
  let seconds = 0;
  let isTime = false;
  let hasFraction = false;
  let rest = text;
  while (rest !== '') {
    if (rest.startsWith('T')) {
      if (isTime) return { problem: '`t` character repeated in duration' };
      isTime = true;
      rest = rest.slice(1);
      continue;
    }
    const [piece, whole, fraction, unit = ''] = /^(\d+)(?:[.,](\d*))?(.)?/su.exec(rest) ?? [];
    if (piece === undefined) return NO_DIGIT;
    // Only the last amount may have one.
    if (hasFraction) return { problem: 'quantity fraction invalid in duration' };
    hasFraction = fraction !== undefined;
    const unitSeconds = (isTime ? TIME_UNITS : DATE_UNITS)[unit];
    if (unitSeconds === undefined) {
      return { problem: `quantity invalid in ${isTime ? 'time' : 'date'} part of duration` };
    }
    seconds += Number(`${whole}.${fraction ?? ''}`) * unitSeconds;
    rest = rest.slice(piece.length);
  }
  return /\d/.test(text) ? { seconds } : TOO_SHORT;
};

/** `HH:MM`, with seconds or without, and with a fraction of them that is cut to microseconds. */
const readClock = (text: string): DurationReading => {
  const [toMinutes = '', hours = 0] = /^(\d*):/.exec(text) ?? [];
  if (toMinutes === '') return { problem: 'invalid character in hour' };
  const [minutes] = /^\d\d/.exec(text.slice(toMinutes.length)) ?? [];
  if (minutes === undefined) return { problem: 'invalid character in minute' };
  if (Number(minutes) > 59) return { problem: 'minute value is outside expected range of 0-59' };
  const afterMinutes = text.slice(toMinutes.length + 2);
  const upToMinutes = Number(hours) * 3600 + Number(minutes) * 60;
  if (afterMinutes === '') return { seconds: upToMinutes };
  const extra = { problem: 'unexpected extra characters at the end of the input' };
  if (!afterMinutes.startsWith(':')) return extra;
  const [piece, seconds, fraction = '0'] = /^:(\d\d)(?:[.,](\d*))?/.exec(afterMinutes) ?? [];
  if (piece === undefined) return { problem: 'invalid character in second' };
  if (Number(seconds) > 59) return { problem: 'second value is outside expected range of 0-59' };
  if (fraction === '') return { problem: 'second fraction digits missing after `.`' };
  if (piece !== afterMinutes) return extra;
  return { seconds: upToMinutes + Number(`${seconds}.${fraction.slice(0, 6)}`) };
};

/** `1d`, `2 days`, `1 day, 00:05:00`. */
const readDays = (text: string): DurationReading => {
  const [digits] = /^\d+/.exec(text) ?? [];
  if (digits === undefined) return NO_DIGIT;
  const [piece] = /^\d+ ?d(?:ays?|(?!a)),? ?/i.exec(text) ?? [];
  if (piece === undefined) {
    return { problem: '"day" identifier in duration not correctly formatted' };
  }
  const days = Number(digits) * 86_400;
  const clock = text.slice(piece.length);
  if (clock === '') return { seconds: days };
  if (Buffer.byteLength(clock) < SHORTEST_CLOCK_BYTES) return TOO_SHORT;
  const time = readClock(clock);
  if ('problem' in time) return time;
  return time.seconds < 86_400
    ? { seconds: days + time.seconds }
    : { problem: 'durations may not exceed 999,999,999 hours' };
};

const readUnsigned = (text: string): DurationReading => {
  if (text === '') return TOO_SHORT;
  if (text.startsWith('P')) return readIso(text.slice(1));
  // What is long enough, and names no day, is taken for a time of day.
  const isClock = Buffer.byteLength(text) >= SHORTEST_CLOCK_BYTES && !/d/i.test(text);
  return isClock ? readClock(text) : readDays(text);
};

const bounded = (reading: DurationReading): DurationReading => {
  if ('problem' in reading) return reading;
  if (!(Math.abs(reading.seconds) <= MAX_SECONDS))
    return { problem: 'durations may not exceed 999,999,999 days' };
  // Whole microseconds, as the real server counts.
  const { seconds } = reading;
  return { seconds: Number.isInteger(seconds) ? seconds : Math.round(seconds * 1e6) / 1e6 };
};

/** Reads a number of seconds. */
export const readDurationNumber = (seconds: number): DurationReading => bounded({ seconds });

/** Reads an ISO 8601 duration, `HH:MM:SS`, or days with or without a time: `2 days, 01:00:00`. */
export const readDurationText = (text: string): DurationReading => {
  const [, sign, unsigned = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  const reading = bounded(readUnsigned(unsigned));
  return sign === '-' && 'seconds' in reading ? { seconds: -reading.seconds } : reading;
};
