import type { Micros } from '#server/time.ts';

const MICROS_PER_MILLI = 1000;

/** Lines are stored under a number; clients know them by a UUID that sorts by time and carries the number. */
export const logId = (created: Micros, seq: number): string => {
  const millis = Math.floor(created / MICROS_PER_MILLI)
    .toString(16)
    .padStart(12, '0');
  const number = seq.toString(16).padStart(16, '0');
  return [
    millis.slice(0, 8),
    millis.slice(8),
    `7${number.slice(1, 4)}`,
    `8${number.slice(4, 7)}`,
    number.slice(7).padStart(12, '0'),
  ].join('-');
};

/** The number of the line that a log id names. */
export const seqOfLogId = (id: string): number => {
  const digits = id.replaceAll('-', '');
  return Number.parseInt(digits.slice(13, 16) + digits.slice(17), 16);
};
