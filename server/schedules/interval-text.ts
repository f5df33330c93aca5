/** Seconds of an interval, or what is wrong with its text in the words of the real server. */
export type IntervalReading = { readonly seconds: number } | { readonly problem: string };

const MAX_SECONDS = 999_999_999 * 86_400;

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  Y: 31_536_000,
  M: 2_592_000,
  W: 604_800,
  D: 86_400,
  TH: 3600,
  TM: 60,
  TS: 1,
};

/** A year is 365 days and a month 30, as there is no calendar in a number of seconds. */
const readIso = (text: string): IntervalReading => {
  const [date = '', time] = text.slice(1).split('T');
  if (date === '' && (time ?? '') === '') return { problem: 'input is too short' };
  let seconds = 0;
  for (const [part, isTime] of [[date, false] as const, [time ?? '', true] as const]) {
    const pieces = [...part.matchAll(/(\d+(?:\.\d+)?)([A-Z])/g)];
    const factors = pieces.map(([, , unit = '']) => UNIT_SECONDS[isTime ? `T${unit}` : unit]);
    if (pieces.map(([piece]) => piece).join('') !== part || factors.includes(undefined)) {
      return { problem: `quantity invalid in ${isTime ? 'time' : 'date'} part of duration` };
    }
    for (const [index, [, amount]] of pieces.entries())
      seconds += Number(amount) * (factors[index] ?? 0);
  }
  return { seconds };
};

const readClock = (text: string): IntervalReading => {
  const match = /^(\d+):(\d+)(?::(\d+(?:\.\d+)?))?$/.exec(text);
  if (match === null) return { problem: 'invalid character in hour' };
  const [, hours, minutes = '', seconds = '00'] = match;
  if (minutes.length !== 2) return { problem: 'invalid character in minute' };
  if (Number(minutes) > 59) return { problem: 'minute value is outside expected range of 0-59' };
  if (!/^\d\d(\.|$)/.test(seconds)) return { problem: 'invalid character in second' };
  if (Number(seconds) >= 60) return { problem: 'second value is outside expected range of 0-59' };
  return { seconds: Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) };
};

const readUnsigned = (text: string): IntervalReading => {
  if (text === '') return { problem: 'input is too short' };
  if (text.startsWith('P')) return readIso(text);
  const days = /^(\d+)\s*(?:d|D|days?|Days?|DAYS?)(?:,?\s+(\S.*))?$/.exec(text);
  if (days !== null) {
    const [, count, clock] = days;
    const rest = clock === undefined ? { seconds: 0 } : readClock(clock);
    return 'problem' in rest ? rest : { seconds: Number(count) * 86_400 + rest.seconds };
  }
  if (text.includes(':')) return readClock(text);
  if (!/^\d/.test(text)) return { problem: 'invalid digit in duration' };
  return { problem: '"day" identifier in duration not correctly formatted' };
};

const bounded = (reading: IntervalReading): IntervalReading => {
  if ('problem' in reading) return reading;
  if (!(Math.abs(reading.seconds) <= MAX_SECONDS))
    return { problem: 'durations may not exceed 999,999,999 days' };
  // Whole microseconds, so that the stored number is the one that is counted with.
  return { seconds: Math.round(reading.seconds * 1e6) / 1e6 };
};

/** Reads a number of seconds. */
export const readIntervalNumber = (seconds: number): IntervalReading => bounded({ seconds });

/** Reads an ISO 8601 duration, `HH:MM:SS`, or days with or without a time: `2 days, 01:00:00`. */
export const readIntervalText = (text: string): IntervalReading => {
  const [, sign, unsigned = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  const reading = bounded(readUnsigned(unsigned));
  return sign === '-' && 'seconds' in reading ? { seconds: -reading.seconds } : reading;
};
