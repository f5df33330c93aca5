import { locale } from '#lib/time/locale.ts';

const instantFormat = new Intl.DateTimeFormat(locale, {
  dateStyle: 'medium',
  timeStyle: 'medium',
  hourCycle: 'h23',
});
const shortFormat = new Intl.DateTimeFormat(locale, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const secondsFormat = new Intl.DateTimeFormat(locale, {
  weekday: 'short',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const axisDayFormat = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
const axisHourFormat = new Intl.DateTimeFormat(locale, {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const dayFormat = new Intl.DateTimeFormat(locale, { dateStyle: 'full' });
const clockFormat = new Intl.DateTimeFormat(locale, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});
const relativeFormat = new Intl.RelativeTimeFormat(locale, {
  numeric: 'always',
  style: 'short',
});
const countFormat = new Intl.NumberFormat(locale);

export const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Date and time of an RFC 3339 instant with its zone, for titles. */
export const formatInstant = (instant: string): string =>
  `${instantFormat.format(new Date(instant))} ${timeZone}`;

export const formatShortInstant = (instant: string): string =>
  shortFormat.format(new Date(instant));

/** The same with its weekday and seconds, for times that are to be checked. */
export const formatInstantToSecond = (instant: string): string =>
  secondsFormat.format(new Date(instant));

/** Labels of a time axis, from epoch milliseconds. */
export const formatAxisDay = (millis: number): string => axisDayFormat.format(millis);

export const formatAxisHour = (millis: number): string => axisHourFormat.format(millis);

export const formatDay = (instant: string): string => dayFormat.format(new Date(instant));

/** Time of day with milliseconds, for log lines. */
export const formatClock = (instant: string): string => clockFormat.format(new Date(instant));

const relativeSteps = [
  { unit: 'second', seconds: 1, below: 60 },
  { unit: 'minute', seconds: 60, below: 3600 },
  { unit: 'hour', seconds: 3600, below: 86_400 },
  { unit: 'day', seconds: 86_400, below: 86_400 * 45 },
  { unit: 'month', seconds: 86_400 * 30, below: 86_400 * 365 },
  { unit: 'year', seconds: 86_400 * 365, below: Number.POSITIVE_INFINITY },
] as const;

const nowSeconds = 5;

/** "3 min. ago", "in 2 hr.", and "just now" within five seconds. */
export const formatRelative = (instant: string, atMillis: number): string => {
  const seconds = (Date.parse(instant) - atMillis) / 1000;
  if (Math.abs(seconds) < nowSeconds) return 'just now';
  const step = relativeSteps.find(({ below }) => Math.abs(seconds) < below);
  if (step === undefined) return formatInstant(instant);
  return relativeFormat.format(Math.trunc(seconds / step.seconds), step.unit);
};

/** "420 ms", "3.2 s", "4m 05s", "2h 13m", "3d 4h". */
export const formatDuration = (seconds: number): string => {
  if (seconds < 0.0005) return '0 s';
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const whole = Math.floor(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}m ${String(whole % 60).padStart(2, '0')}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours}h ${String(minutes % 60).padStart(2, '0')}m`;
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
};

const totalCap = 10_000;

/** A total that the server stops counting at ten thousand. */
export const formatCount = (count: number): string =>
  count >= totalCap ? `${countFormat.format(totalCap)}+` : countFormat.format(count);

export const formatNumber = (value: number): string => countFormat.format(value);

/** A count with its noun, which gets an s unless there is exactly one: "1 run", "1,204 runs". */
export const formatAmount = (count: number, noun: string): string =>
  `${formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
